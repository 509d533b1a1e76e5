// Builds and redraws elements. Text is always a text node: nothing from the API is read as markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element: attributes, `on` for listeners, then children; null, undefined and false are left out. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, { on = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...children.flat(Infinity).filter((it) => it !== null && it !== undefined && it !== false));
  return element;
}

/** Replace what `root` shows, but keep the focus, opened details and scrolled boxes by `data-key`. */
export function redraw(root, ...children) {
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const kept = new Map([...root.querySelectorAll("[data-key]")].map((it) => [it.dataset.key, it]));
  root.replaceChildren(...children.flat(Infinity).filter(Boolean));
  for (const fresh of root.querySelectorAll("[data-key]")) {
    const old = kept.get(fresh.dataset.key);
    if (old === undefined) continue;
    if (fresh.tagName === "DETAILS") fresh.open = old.open;
    if (old.scrollTop) fresh.scrollTop = old.scrollTop;
    if (fresh.dataset.key === focused) fresh.focus({ preventScroll: true });
  }
}

/** Say something to a screen reader. */
export function say(text) {
  document.getElementById("said").textContent = text;
}
