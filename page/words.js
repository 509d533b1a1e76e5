// Small parts that every view uses: times, states, commands to copy, sections.

import { h, say } from "./dom.js";

const GOOD = new Set(["succeeded", "unchanged", "done", "Succeeded", "passed", "promoted", "answered"]);
const BAD = new Set(["failed", "rolled back", "rejected", "Failed", "aborted", "missing", "error", "gone"]);
const BUSY = new Set(["running", "Creating", "Updating", "Deleting", "changing"]);
const ASKS = new Set(["waiting", "held", "undecided", "open", "warning"]);

/** How good a state is: good, bad, busy, asks (for a person), or plain. */
export function tone(state) {
  if (GOOD.has(state)) return "good";
  if (BAD.has(state)) return "bad";
  if (BUSY.has(state)) return "busy";
  return ASKS.has(state) ? "asks" : "plain";
}

export const badge = (state) => h("span", { class: `badge ${tone(state)}` }, state);

/** A time in this machine's zone; how long ago, if that is less than a day. */
export function when(text) {
  const at = new Date(text);
  if (!text || Number.isNaN(at.getTime())) return h("span", {}, "unknown");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return h("time", { datetime: text, title: `${text} (${ago(at)})` }, `${day} ${clock}`);
}

const two = (number) => String(number).padStart(2, "0");

function ago(at) {
  return `${seconds((Date.now() - at.getTime()) / 1000)} ago`;
}

/** A length of time in words: 0.4 s, 12 s, 3 min 5 s, 2 h 4 min, 3 d 2 h. */
export function seconds(value) {
  const all = Math.max(0, value);
  if (all < 9.95) return `${all.toFixed(1)} s`;
  if (all < 60) return `${Math.round(all)} s`;
  if (all < 3600) return `${Math.floor(all / 60)} min ${Math.floor(all % 60)} s`;
  if (all < 86_400) return `${Math.floor(all / 3600)} h ${Math.floor((all % 3600) / 60)} min`;
  return `${Math.floor(all / 86_400)} d ${Math.floor((all % 86_400) / 3600)} h`;
}

/** The time of one answer. */
export const took = (value) => (value < 1 ? `${Math.round(value * 1000)} ms` : seconds(value));

export const between = (from, to) => (new Date(to ?? Date.now()) - new Date(from)) / 1000;

/** A source with its digests cut to the twelve digits that other places show. */
export const short = (source) => source.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, "$1");

/** Who: a name, or what is known of somebody without one. */
export function who(by, door) {
  const doors = { blob: "a drop into storage", bus: "a message", sweep: "Sluice itself" };
  return by || doors[door] || "somebody with a function key";
}

/** A command or text to copy. */
export function copyable(text, label = "Copy") {
  const button = h("button", { type: "button", class: "quiet copy", on: { click: copy } }, label);
  async function copy() {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    say("Copied");
  }
  return h("div", { class: "command" }, scrollable(h("pre", {}, text), "Text to copy"), button);
}

/** A box that scrolls can be reached by the keyboard. */
export function scrollable(child, label, key) {
  const attributes = { class: "scrolls", tabindex: "0", role: "region", "aria-label": label };
  return h("div", { ...attributes, "data-key": key }, child);
}

export function section(title, ...children) {
  return h("section", {}, h("h2", {}, title), ...children);
}

/** Names with values; rows without a value are left out. */
export function facts(rows) {
  const shown = rows.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h("dl", {}, shown.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

/** A table; on a phone each row is a card whose cells say what they are. */
export function table(caption, heads, rows) {
  const cell = (it, index) => h(index ? "td" : "th", { scope: index ? null : "row", "data-head": heads[index] }, it);
  return h("table", {},
    h("caption", { class: "hidden-text" }, caption),
    h("thead", {}, h("tr", {}, heads.map((it) => h("th", { scope: "col" }, it)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map(cell)))));
}

export const jobLink = (job, text = job) => h("a", { href: `#/jobs/${encodeURIComponent(job)}`, "data-key": `job-${job}` }, text);
export const endpointLink = (name) => h("a", { href: `#/endpoints/${encodeURIComponent(name)}`, "data-key": `endpoint-${name}` }, name);
