// What the job of a package would do, as the app's preview tells it.

import { h } from "./dom.js";
import { findings } from "./outcome.js";
import { badge, facts, section, table } from "./words.js";

const WORDS = { changes: "This is what the job would do.", unchanged: "This serves already: the job would change nothing.", rejected: "The job would be rejected, and nothing would change." };

export function preview(it) {
  return [
    h("p", {}, badge(it.outcome), " ", WORDS[it.outcome]),
    facts([
      ["Endpoint", it.endpoint],
      ["Deployment", it.deployment],
      ["Revision", it.digest && h("code", {}, it.digest.slice(0, 12))],
      ["Cores", it.quota && quota(it.quota)],
      ["Instances an hour", it.cost && cost(it.cost)],
    ]),
    it.findings.length > 0 && findings(it.findings),
    it.warnings.length > 0 && section("Warnings", h("ul", {}, it.warnings.map((one) => h("li", {}, one)))),
    it.steps.length > 0 && section(`Steps (${it.steps.length})`, h("ol", {}, it.steps.map((one) =>
      h("li", {}, one.title, !one.writes && h("span", { class: "faint" }, " (changes nothing)"))))),
    it.differences.length > 0 && section("What changes", table("What changes", ["What", "Now", "Then"],
      it.differences.map((one) => [one.what, text(one.what, one.now), text(one.what, one.then)]))),
  ].filter(Boolean);
}

function text(what, value) {
  if (value === null) return "nothing";
  if (what === "traffic") return Object.entries(value).map(([name, share]) => `${name} ${share} %`).join(", ") || "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function quota(it) {
  const limit = it.limit === null ? "" : ` of ${it.limit}`;
  return `${it.needed} needed; ${it.used}${limit} used${it.suffices ? "" : ": too few are left"}`;
}

function cost(it) {
  const amount = (value) => (value === null ? "unknown" : `${value} ${it.currency}`);
  return `${amount(it.now)} now, ${amount(it.then)} then`;
}
