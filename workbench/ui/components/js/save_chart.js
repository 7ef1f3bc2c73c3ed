// A button that saves the chart beside it as a PNG. A picture drawn from SVG knows no fonts of its
// page, so the font goes into it; Plotly's own button would write Persian in whatever there is.

const HEAD = 44, SCALE = 2, SVG = "http://www.w3.org/2000/svg";

export default function ({ parentElement, data }) {
  parentElement.replaceChildren();
  const button = document.createElement("button");
  button.type = "button";
  button.title = data.hint;
  button.setAttribute("aria-label", data.hint);
  button.innerHTML = '<i class="ic ic-picture"></i>';
  const holder = document.createElement("div");
  holder.className = "az mg-png";
  holder.append(button);
  parentElement.append(holder);
  button.onclick = () => saveChart(data);
}

async function saveChart(data) {
  const plot = document.querySelector(`.st-key-${data.chart} .js-plotly-plot`);
  if (!plot) return;
  const font = await fontAsText(data.font);
  const picture = new Image();
  const text = new XMLSerializer().serializeToString(composed(plot, data, font));
  picture.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
  await picture.decode();
  await new Promise((done) => setTimeout(done, 60)); // the font inside may come a moment later
  const canvas = document.createElement("canvas");
  canvas.width = SCALE * picture.naturalWidth;
  canvas.height = SCALE * picture.naturalHeight;
  const pen = canvas.getContext("2d");
  pen.scale(SCALE, SCALE);
  pen.drawImage(picture, 0, 0);
  canvas.toBlob((blob) => handOver(blob, `${data.file}.png`), "image/png");
}

// The layers of the chart over each other, under a line that says what it is.
function composed(plot, data, font) {
  const layers = [...plot.querySelectorAll("svg.main-svg")];
  const { width, height } = layers[0].getBoundingClientRect();
  const direction = getComputedStyle(plot).direction;
  const root = element("svg", { xmlns: SVG, width, height: height + HEAD, style: `direction:${direction}` });
  const style = element("style", {});
  style.textContent = `@font-face { font-family: "${data.family}"; src: url(${font}); }`;
  root.append(style, element("rect", { width, height: height + HEAD, fill: data.ground }));
  const isRtl = direction === "rtl";
  const name = element("text", { x: isRtl ? width - 16 : 16, y: 27, fill: data.ink, "font-family": data.family, "font-size": 15, "font-weight": 600 });
  name.textContent = data.name;
  root.append(name);
  for (const layer of layers) {
    const copy = layer.cloneNode(true);
    copy.setAttribute("y", HEAD);
    copy.setAttribute("style", `direction:${getComputedStyle(layer).direction}`);
    root.append(copy);
  }
  return root;
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

async function fontAsText(address) {
  const blob = await (await fetch(address)).blob();
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(blob);
  });
}

function handOver(blob, file) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
