// The verdicts of the gates before all traffic, and on the stages of a rollout, with their figures.

import { bar, pairs } from "./charts.js";
import { h } from "./dom.js";
import { badge, section, when } from "./words.js";

export function verdicts(found) {
  return section("Verdicts", found.map(verdict));
}

function verdict(it) {
  return it.gate ? gate(it) : stage(it);
}

function gate(it) {
  return h("article", {},
    h("h3", {}, it.gate === "contract" ? "Contract " : "Parity ", badge(it.outcome)),
    h("p", { class: "faint" }, `${it.deployment} against ${it.against}, before any traffic, `, when(it.at)),
    h("p", {}, it.words),
    it.compared.length > 0 && h("ul", { class: "checks" }, it.compared.map((check) =>
      h("li", {}, badge(check.state), ` ${check.name}: ${check.words}`))));
}

function stage(it) {
  const share = it.mirrored ? `${it.percent} % mirrored` : `${it.percent} % of the traffic`;
  const sides = ["traffic", "samples"].map((of) => side(of, it.checks?.[of] ?? [], it.figures?.[of])).filter(Boolean);
  return h("article", {},
    h("h3", {}, `Stage ${it.stage}: ${share} `, badge(it.outcome)),
    h("p", { class: "faint" }, `${it.deployment} against ${it.against}, `, when(it.began), " to ", when(it.at)),
    // The checks say the same as the words, where there are any.
    sides.length ? sides : h("p", {}, it.words));
}

function side(of, checks, figures) {
  if (!figures || !(figures.new.requests || figures.old.requests || figures.latency?.length)) return null;
  return h("div", { class: "side" },
    h("h4", {}, of === "traffic" ? "What callers got" : "What Sluice's samples got"),
    h("ul", { class: "checks" }, checks.map((it) => h("li", {}, badge(it.state), ` ${it.name}: ${it.words}`))),
    h("div", { class: "figures" },
      errors("new", figures.new, "share-0"), errors("old", figures.old, "share-1"),
      figures.latency?.length > 0 && h("div", {}, h("h5", {}, of === "traffic" ? "Latency, 95th percentile by the minute" : "Latency of each pair of samples"), pairs(figures.latency, "ms")),
      figures.tokens?.length > 0 && h("div", {}, h("h5", {}, "Tokens a request"), pairs(figures.tokens, "tokens"))));
}

function errors(which, it, kind) {
  const percent = it.requests ? (100 * it.errors) / it.requests : 0;
  return h("div", {}, h("h5", {}, `Errors, ${which}`), bar(percent, 100, kind),
    h("p", { class: "faint" }, `${it.errors} of ${it.requests} requests (${percent.toFixed(1)} %), ${it.timeouts} timed out`));
}
