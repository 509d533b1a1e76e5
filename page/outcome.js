// What came of a job: findings, diagnosis with its remedy, warnings, and how to call what serves.

import { trafficBar } from "./charts.js";
import { h } from "./dom.js";
import { badge, copyable, facts, jobLink, scrollable, section } from "./words.js";

/** The result's data in order of use; long texts are folded away. */
export function outcome(it) {
  const data = it.result.data;
  const serves = it.state === "succeeded" || it.state === "unchanged";
  return [
    data.superseded_by && h("p", { class: "now" }, "A newer job has its turn: ", jobLink(data.superseded_by)),
    data.decision && h("p", { class: "now" }, `${data.decision.kind} by ${data.decision.by || "somebody with a function key"}${data.decision.reason ? ` (${data.decision.reason})` : ""}: ${data.decision.effect}`),
    data.findings?.length > 0 && findings(data.findings),
    data.diagnosis && diagnosis(data.diagnosis),
    it.sent?.failure && h("p", { class: "now bad" }, `The result could not be put on the queue: ${told(it.sent.failure)}`),
    it.webhook?.failure && h("p", { class: "now bad" }, `The webhook failed: ${told(it.webhook.failure)}`),
    data.removed?.length > 0 && section("Deleted", h("ul", {}, data.removed.map((one) => h("li", {}, `${one.kind} ${one.name}`)))),
    data.warnings?.length > 0 && section("Warnings", h("ul", {}, data.warnings.map((one) => h("li", {}, one)))),
    serves && data.scoring_uri && result(data),
  ];
}

const told = (failure) => (typeof failure === "string" ? failure : failure.message ?? JSON.stringify(failure));

/** Findings, each with where it is and what to do. */
export function findings(found) {
  return section(`Findings (${found.length})`, h("ul", { class: "findings" }, found.map((it) =>
    h("li", {},
      badge(it.severity),
      h("code", { class: "name" }, it.line ? `${it.file}:${it.line}` : it.file),
      h("p", {}, it.cause),
      it.remedy && h("p", { class: "remedy" }, it.remedy)))));
}

function diagnosis(it) {
  return section("Why it failed",
    h("p", { class: "cause" }, it.cause),
    it.remedy && h("p", { class: "remedy" }, it.remedy),
    it.command && copyable(it.command),
    facts([
      ["Code", it.code && h("code", {}, it.code)],
      ["Page", it.page && (it.page.startsWith("https://") ? h("a", { href: it.page, rel: "noreferrer", target: "_blank" }, it.page) : it.page)],
    ]),
    it.message && h("p", {}, it.message),
    it.log && h("details", { "data-key": "log", open: true }, h("summary", {}, "The end of the log"),
      scrollable(h("pre", {}, it.log), "Log", "log-text")));
}

function result(data) {
  const page = data.links?.studio;
  return section("Result",
    facts([
      ["Traffic", trafficBar(data.traffic)],
      ["Address", h("code", { class: "name" }, data.scoring_uri)],
      ["Revision", h("code", {}, data.digest?.slice(0, 12))],
      ["Studio", page?.startsWith("https://") && h("a", { href: page, rel: "noreferrer", target: "_blank" }, "Open in Azure ML studio")],
    ]),
    data.credential && h("details", { "data-key": "key" }, h("summary", {}, "Get its key or token"), copyable(data.credential)),
    data.curl && h("details", { "data-key": "curl" }, h("summary", {}, "Call it"), copyable(data.curl.trim())));
}
