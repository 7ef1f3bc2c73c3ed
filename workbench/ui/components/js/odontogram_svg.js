// Shapes of an SVG; text is only ever set as text.
const SPACE = "http://www.w3.org/2000/svg";

/** Make a shape: shape("path.root", {d: "…"}, child, null). */
export function shape(spec, attributes = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const node = document.createElementNS(SPACE, tag);
  if (classes.length) node.setAttribute("class", classes.join(" "));
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== false && child !== undefined));
  return node;
}

/** What a decision about a planned unit looks like, in a box of 16. */
export const DECISIONS = {
  approve: "M2.6 8.6 6.2 12 13.4 4.4",
  modify: "M3 13l.7-3L10.8 3l2.2 2.2L6 12.3Z",
  reject: "M3.6 3.6l8.8 8.8M12.4 3.6l-8.8 8.8",
};

/** A disc with a tick, a pen, a cross, or with a question mark while nothing is decided. */
export function badge(state, x, y, radius, question) {
  const disc = shape("circle", {cx: x, cy: y, r: radius});
  if (state === "undecided") {
    const mark = shape("text", {x, y: y + radius * 0.42, "font-size": radius * 1.3}, question);
    return shape(`g.badge.${state}`, {}, disc, mark);
  }
  const side = radius * 1.28;
  const to = `translate(${x - side / 2} ${y - side / 2}) scale(${side / 16})`;
  return shape(`g.badge.${state}`, {}, disc, shape("path", {d: DECISIONS[state], transform: to}));
}
