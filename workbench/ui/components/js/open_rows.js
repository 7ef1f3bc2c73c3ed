// A block of our own HTML whose rows can be opened: click, or Enter on the focused row; arrow keys
// move between rows. New content marked data-into-sight is scrolled to. The HTML comes escaped
// from the server. A button with data-compare="left,right" shows two images in the viewer.
const blocks = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const block = blocks.get(parentElement) ?? mount(parentElement);
  block.open = (value) => setTriggerValue("open", value);
  if (block.html === data.html) return;
  block.html = data.html;
  const focused = block.box.querySelector("[data-open]:focus")?.dataset.open;
  block.box.innerHTML = data.html;
  bringIntoSight(block.box.querySelector("[data-into-sight]"));
  if (focused !== undefined) rowOf(block.box, focused)?.focus();
}

const BELOW_TOP_BAR = "64px";

// As much of it as fits, its head first; a page that shows all of it stays where it is.
function bringIntoSight(part) {
  if (!part) return;
  part.style.scrollMarginTop = BELOW_TOP_BAR;
  requestAnimationFrame(() => {
    const { top, bottom } = part.getBoundingClientRect();
    const isTall = bottom - top > window.innerHeight / 2;
    const isSeen = top >= 0 && bottom <= window.innerHeight;
    if (!isSeen) part.scrollIntoView({ block: isTall ? "start" : "nearest", behavior: "smooth" });
  });
}

function mount(parentElement) {
  const block = { box: document.createElement("div") };
  parentElement.appendChild(block.box);
  block.box.addEventListener("click", (event) => openAt(block, event.target));
  block.box.addEventListener("keydown", (event) => onKey(block, event));
  blocks.set(parentElement, block);
  return block;
}

function onKey(block, event) {
  if (event.code === "Enter" && !event.ctrlKey) openAt(block, event.target);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.code];
  if (step === undefined) return;
  const rows = [...block.box.querySelectorAll("[data-open]")];
  const next = rows[rows.indexOf(event.target.closest("[data-open]")) + step];
  if (next) {
    next.focus();
    event.preventDefault();
  }
}

function openAt(block, target) {
  const pair = target.closest("[data-compare]")?.dataset.compare.split(",").map(Number);
  if (pair) {
    window.dispatchEvent(new CustomEvent("arz:compare", { detail: { left: pair[0], right: pair[1] } }));
    return;
  }
  const row = target.closest("[data-open]");
  if (row) block.open(row.dataset.open);
}

function rowOf(box, value) {
  return [...box.querySelectorAll("[data-open]")].find((row) => row.dataset.open === value);
}
