// One job: what happens now, what came of it, and what a person can do about it.

import { button, fitting } from "./actions.js";
import { get } from "./api.js";
import { bar } from "./charts.js";
import { h, redraw, say } from "./dom.js";
import { NEVER, follow } from "./live.js";
import { outcome } from "./outcome.js";
import { verdicts } from "./verdicts.js";
import { badge, between, endpointLink, facts, jobLink, scrollable, seconds, section, short, when, who } from "./words.js";

const RUNNING_MS = 2_500;
const WAITING_MS = 10_000;

export function job(main, signal, id, failed) {
  let state = "";
  return follow(signal, {
    load: () => get(`jobs/${encodeURIComponent(id)}`),
    draw: (it) => {
      if (state && state !== it.state) say(`The job is now ${it.state}`);
      state = it.state;
      redraw(main, view(it));
    },
    pause: (it) => (it.result ? (it.sent ? NEVER : WAITING_MS) : it.state === "waiting" ? WAITING_MS : RUNNING_MS),
    failed,
  });
}

function view(it) {
  return [
    h("div", { class: "title" }, h("h1", {}, it.endpoint || short(it.source) || it.job), badge(it.state),
      h("div", { class: "buttons" }, fitting(it).map((act) => button(act, it)))),
    facts([
      ["Job", h("code", {}, it.job)],
      ["Endpoint", it.endpoint && endpointLink(it.endpoint)],
      ["Source", it.source && h("span", { class: "name" }, short(it.source))],
      ["By", who(it.by, it.door)],
      ["Accepted", when(it.accepted)],
      [it.result ? "Took" : "So far", seconds(between(it.accepted, it.result?.time))],
      ["Retry of", it.retry_of && jobLink(it.retry_of)],
    ]),
    it.phase && now(it.phase),
    it.result && outcome(it),
    section("Timeline", timeline(it)),
    it.verdicts.length > 0 && verdicts(it.verdicts),
    it.decisions.length > 0 && section("Decisions", h("ul", {}, it.decisions.map((one) =>
      h("li", {}, `${one.kind} by ${one.by || "somebody with a function key"}, `, when(one.at), one.reason && `: ${one.reason}`)))),
    it.plan && plan(it.plan),
    it.result && h("details", { "data-key": "result" }, h("summary", {}, "The result message as JSON"),
      scrollable(h("pre", {}, JSON.stringify(it.result, null, 2)), "Result message", "result-text")),
  ];
}

function now(phase) {
  const usual = phase.usual && phase.usual !== "seconds" ? ` Usually ${phase.usual}.` : "";
  return h("div", { class: "now" }, h("strong", {}, phase.text), usual, phase.note && h("p", { class: "note" }, phase.note));
}

function timeline(job) {
  const { steps } = job;
  // A note that stands above, as what is waited for or as findings, is not said twice.
  const above = (it) => it.note === job.phase?.note || (it.state === "rejected" && job.result?.data.findings?.length > 0);
  const lengths = steps.map((it) => (it.started ? Math.max(0, between(it.started, it.ended)) : 0));
  const most = Math.max(...lengths, 0);
  const begun = steps.filter((it) => !["pending", "not run"].includes(it.state)).length;
  return [
    h("p", { class: "faint" }, `${begun} of ${steps.length} steps`),
    h("ol", { class: "timeline" }, steps.map((it, index) =>
      h("li", { class: it.state.replaceAll(" ", "-") },
        h("span", { class: "step" }, it.title, it.note && !above(it) && h("span", { class: "note" }, it.note)),
        badge(it.state),
        h("span", { class: "length" }, it.started ? seconds(lengths[index]) : ""),
        it.started ? bar(lengths[index], most) : h("span", {})))),
  ];
}

function plan(made) {
  const before = Object.entries(made.prior?.traffic ?? {}).map(([name, share]) => `${name} ${share} %`).join(", ");
  return h("details", { "data-key": "plan" },
    h("summary", {}, made.steps.length ? `The plan: ${made.steps.length} steps` : "The plan: nothing to do"),
    h("p", {}, before ? `Traffic before: ${before}.` : "No traffic before."),
    h("ol", {}, made.steps.map((it) => h("li", {}, it.title, it.optional && " (its failure is a warning)"))));
}
