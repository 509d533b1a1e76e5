// One endpoint's metrics: requests, latency, load, and the flow's own.

import { get } from "./api.js";
import { bar } from "./charts.js";
import { h } from "./dom.js";
import { section, table } from "./words.js";

const PERIODS = [[60, "the last hour"], [1440, "the last day"], [10_080, "the last week"]];
const UNITS = { Milliseconds: "ms", Percent: "%", Count: "", BytesPerSecond: "B/s", CountPerSecond: "/s" };
const LOOK_FIRST = "Each look asks Azure Monitor, whose figures are late by some minutes.";

export function metrics(name, signal) {
  const period = h("select", { id: "period" }, PERIODS.map(([minutes, words]) => h("option", { value: minutes }, words)));
  const body = h("div", { "aria-live": "polite" }, h("p", { class: "faint" }, LOOK_FIRST));
  async function show(event) {
    event.preventDefault();
    body.replaceChildren(h("p", { class: "faint" }, "Reading"));
    try {
      const found = await get(`endpoints/${encodeURIComponent(name)}/metrics?minutes=${period.value}`);
      if (!signal.aborted) body.replaceChildren(...drawn(found));
    } catch (error) {
      body.replaceChildren(h("p", { class: "wrong" }, error.message));
    }
  }
  return section("Metrics",
    h("form", { class: "filters", on: { submit: show } }, h("label", { for: "period" }, "Period", period), h("button", { type: "submit" }, "Show metrics")),
    body);
}

function drawn(found) {
  const groups = [["Endpoint", found.monitor.endpoint], ...Object.entries(found.monitor.deployments), ["Recorded by the flow", found.flow.metrics]];
  const tables = groups.map(([title, list]) => group(title, list)).filter(Boolean);
  return [
    ...(tables.length ? tables : [h("p", {}, "No figures in this period.")]),
    ...found.notes.map((it) => h("p", { class: "note" }, it)),
  ];
}

function group(title, list) {
  const rows = list.flatMap((metric) => {
    const most = Math.max(...metric.figures.map((it) => it.value), 0);
    return metric.figures.map((it) => [
      metric.name,
      h("span", { class: "name" }, Object.values(it.dimensions).filter(Boolean).join(", ") || "all"),
      h("span", {}, amount(it.value, metric.unit), bar(it.value, metric.unit === "Percent" ? 100 : most)),
      it.highest === undefined ? "" : amount(it.highest, metric.unit),
    ]);
  });
  if (!rows.length) return null;
  return h("div", {}, h("h3", {}, title), table(`Metrics: ${title}`, ["Metric", "Of", "Value", "Highest"], rows));
}

function amount(value, unit) {
  const number = value.toLocaleString(undefined, { maximumFractionDigits: value < 10 ? 2 : 0 });
  return `${number} ${UNITS[unit] ?? unit}`.trim();
}
