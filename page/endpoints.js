// Every endpoint of the workspace: how its traffic is divided, and until when its image can be pulled.

import { get } from "./api.js";
import { trafficBar } from "./charts.js";
import { h, redraw } from "./dom.js";
import { follow } from "./live.js";
import { badge, endpointLink, table } from "./words.js";

// Each look asks Azure, which throttles.
const PAUSE_MS = 60_000;

export function endpoints(main, signal, _query, failed) {
  const body = h("div", {});
  let shown = [];
  let retiring = null;
  const draw = () => redraw(body, list(shown, retiring));
  main.replaceChildren(h("h1", {}, "Endpoints"), body);
  // Asked once: it reads every deployment and image, and changes by the day.
  get("retirement").then((found) => {
    retiring = found;
    if (!signal.aborted && shown.length) draw();
  }, () => {});
  return follow(signal, {
    load: () => get("endpoints"),
    draw: (found) => {
      shown = found.endpoints;
      draw();
    },
    pause: () => PAUSE_MS,
    failed,
  });
}

function list(shown, retiring) {
  if (!shown.length) return [h("p", {}, "No endpoints yet. Drop a flow: sluice drop samples/hello")];
  return [
    retiring && retirement(retiring),
    table("Endpoints", ["Endpoint", "State", "Traffic", "Made by", "Retirement"], shown.map((it) => [
      endpointLink(it.name),
      it.hold ? [badge(it.state), " ", badge("held")] : badge(it.state),
      trafficBar(it.traffic),
      it.made_by_sluice ? "Sluice" : "others",
      days(it, retiring),
    ])),
  ];
}

function days(it, retiring) {
  if (retiring === null) return h("span", { class: "faint" }, "not known yet");
  const hit = retiring.deployments.some((one) => one.endpoint === it.name);
  return hit ? h("span", { class: "warns" }, `${retiring.days_left} days left`) : "not hit";
}

function retirement(it) {
  if (!it.deployments.length) return null;
  const count = it.deployments.length === 1 ? "1 deployment runs" : `${it.deployments.length} deployments run`;
  return h("p", { class: "now" }, `${count} prompt flow or its image, which is retired on ${it.retires_on}: ${it.days_left} days left.`);
}
