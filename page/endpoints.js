// Every endpoint of the workspace: how its traffic is divided, and until when its image can be pulled.

import { get } from "./api.js";
import { trafficBar } from "./charts.js";
import { h, redraw } from "./dom.js";
import { follow } from "./live.js";
import { hits, retirement } from "./retirement.js";
import { badge, endpointLink, table, when } from "./words.js";

// Each look asks Azure, which throttles.
const PAUSE_MS = 60_000;

export function endpoints(main, signal, _query, failed) {
  const body = h("div", {});
  let shown = [];
  let retiring = null;
  const draw = () => redraw(body, list(shown, retiring));
  main.replaceChildren(h("h1", {}, "Endpoints"), body);
  retirement().then((found) => {
    retiring = found;
    if (!signal.aborted && shown.length) draw();
  });
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
  if (!shown.length) return [h("p", {}, "No endpoints yet. Deploy a package: Jobs, at the top.")];
  return [
    hits(retiring, retiring?.deployments ?? []),
    table("Endpoints", ["Endpoint", "State", "Traffic", "Made by", "Retirement"], shown.map((it) => [
      endpointLink(it.name),
      [badge(it.state), it.hold && [" ", badge("held")], it.drift_since && [" ", drift(it)]],
      trafficBar(it.traffic),
      it.made_by_sluice ? "Sluice" : "others",
      days(it, retiring),
    ])),
  ];
}

function drift(it) {
  return h("span", { class: "badge asks" }, "drift since ", when(it.drift_since));
}

function days(it, retiring) {
  if (retiring === null) return h("span", { class: "faint" }, "not known yet");
  const hit = retiring.deployments.some((one) => one.endpoint === it.name);
  return hit ? h("span", { class: "warns" }, `${retiring.days_left} days left`) : "not hit";
}
