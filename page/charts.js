// Small charts, drawn as SVG elements. Each has its figures in words too.

import { h, svg } from "./dom.js";

/** How the traffic is divided: a bar, and the same in words. */
export function trafficBar(traffic) {
  const shares = Object.entries(traffic ?? {}).filter(([, share]) => share > 0);
  if (!shares.length) return h("span", { class: "faint" }, "no traffic");
  let at = 0;
  const parts = shares.map(([, share], index) => {
    const part = svg("rect", { x: at, y: 0, width: share, height: 8, class: `share-${index % 4}` });
    at += share;
    return part;
  });
  const words = shares.map(([name, share], index) =>
    h("li", {}, svg("svg", { viewBox: "0 0 8 8", class: "dot", "aria-hidden": "true" }, svg("rect", { width: 8, height: 8, rx: 2, class: `share-${index % 4}` })), `${name} ${share} %`));
  return h("div", { class: "traffic" },
    svg("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" }, parts),
    h("ul", {}, words));
}

/** A share of the longest, as a thin bar. */
export function bar(value, most, kind = "share-0") {
  const width = value > 0 && most > 0 ? Math.max(0.5, (100 * value) / most) : 0;
  return svg("svg", { viewBox: "0 0 100 4", preserveAspectRatio: "none", class: "bar", "aria-hidden": "true" },
    svg("rect", { width: 100, height: 4, class: "track" }),
    svg("rect", { width, height: 4, class: kind }));
}

/** Two lines over the same minutes: the new deployment's values and the old one's. */
export function pairs(values, unit) {
  const most = Math.max(...values.flat(), 1);
  const x = (index) => (values.length === 1 ? 50 : (100 * index) / (values.length - 1));
  const line = (side) => values.map((it, index) => `${x(index)},${38 - (36 * it[side]) / most}`).join(" ");
  const words = (side) => `${Math.round(middle(values.map((it) => it[side])))} ${unit}`;
  return h("figure", {},
    svg("svg", { viewBox: "0 0 100 40", preserveAspectRatio: "none", class: "pairs", role: "img", "aria-label": `new ${words(0)}, old ${words(1)}, at the median` },
      svg("line", { x1: 0, y1: 38, x2: 100, y2: 38, class: "axis" }),
      svg("polyline", { points: line(1), class: "old" }),
      svg("polyline", { points: line(0), class: "new" })),
    h("figcaption", {}, h("span", { class: "key-new" }, `new ${words(0)}`), ", ", h("span", { class: "key-old" }, `old ${words(1)}`), ` at the median; up to ${Math.round(most)} ${unit}`));
}

function middle(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
