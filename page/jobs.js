// The list of jobs, newest first, a page of the API at a time.

import { get } from "./api.js";
import { h, redraw } from "./dom.js";
import { dropZone } from "./drop.js";
import { NEVER, follow } from "./live.js";
import { badge, endpointLink, jobLink, short, table, when } from "./words.js";

const STATES = ["running", "waiting", "succeeded", "unchanged", "failed", "rolled back", "rejected", "superseded", "canceled"];
const BUSY_MS = 4_000;
const IDLE_MS = 30_000;

export function jobs(main, signal, query, failed) {
  const body = h("div", {});
  main.replaceChildren(h("h1", {}, "Jobs"), dropZone(signal), filters(query), body);
  const asked = new URLSearchParams([...query].filter(([name, value]) => value && ["state", "endpoint", "before"].includes(name)));
  const open = (it) => it.state === "running" || it.state === "waiting";
  return follow(signal, {
    load: () => get(`jobs${asked.size ? `?${asked}` : ""}`),
    draw: (page) => redraw(body, list(page, query)),
    // An older page does not change, except for jobs that still run.
    pause: (page) => (page.jobs.some(open) ? BUSY_MS : query.has("before") ? NEVER : IDLE_MS),
    failed,
  });
}

function filters(query) {
  const state = h("select", { id: "state" }, h("option", { value: "" }, "any"), STATES.map((it) => h("option", { value: it, selected: query.get("state") === it }, it)));
  const endpoint = h("input", { id: "endpoint", value: query.get("endpoint") ?? "", autocomplete: "off", spellcheck: "false" });
  const go = (event) => {
    event.preventDefault();
    location.hash = link({ state: state.value, endpoint: endpoint.value.trim() });
  };
  state.addEventListener("change", go);
  return h("form", { class: "filters", on: { submit: go } },
    h("label", { for: "state" }, "State", state),
    h("label", { for: "endpoint" }, "Endpoint", endpoint),
    h("button", { type: "submit" }, "Find"));
}

function link(fields) {
  const given = new URLSearchParams(Object.entries(fields).filter(([, value]) => value));
  return `#/jobs${given.size ? `?${given}` : ""}`;
}

function list(page, query) {
  const filtered = { state: query.get("state"), endpoint: query.get("endpoint") };
  const rows = page.jobs.map((it) => [
    jobLink(it.job),
    badge(it.state),
    it.endpoint ? endpointLink(it.endpoint) : h("span", { class: "faint short" }, "not known"),
    it.source ? h("span", { class: "name" }, short(it.source)) : h("span", { class: "faint" }, "not known"),
    when(it.accepted),
  ]);
  const nothing = page.before ? "None among the jobs that were searched." : query.get("state") || query.get("endpoint") ? "No such job." : "No jobs yet.";
  return [
    rows.length ? table("Jobs, newest first", ["Job", "State", "Endpoint", "Source", "Accepted"], rows) : h("p", {}, nothing),
    h("p", { class: "pages" },
      query.has("before") && h("a", { href: link(filtered), "data-key": "newest" }, "Newest jobs"),
      page.before && h("a", { href: link({ ...filtered, before: page.before }), "data-key": "older" }, "Older jobs")),
  ];
}
