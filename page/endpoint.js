// One endpoint: what serves, what differs from the last release, what was released before.

import { button } from "./actions.js";
import { get } from "./api.js";
import { trafficBar } from "./charts.js";
import { h, redraw } from "./dom.js";
import { follow } from "./live.js";
import { metrics } from "./metrics.js";
import { hits, retirement } from "./retirement.js";
import { trial } from "./trial.js";
import { badge, copyable, facts, jobLink, section, table, when, who } from "./words.js";

const BUSY_MS = 8_000;
const IDLE_MS = 60_000;

export function endpoint(main, signal, name, failed) {
  const body = h("div", {});
  const retires = h("div", {});
  retirement().then((found) => {
    if (!signal.aborted && found) retires.replaceChildren(...retiring(found, name));
  });
  main.replaceChildren(body, retires, trial(name, signal), calls(name), metrics(name, signal));
  return follow(signal, {
    load: () => get(`endpoints/${encodeURIComponent(name)}`),
    draw: (it) => redraw(body, view(it)),
    pause: (it) => (it.jobs.some((one) => one.state === "changing") ? BUSY_MS : IDLE_MS),
    failed,
  });
}

function view(it) {
  const page = it.links?.studio;
  return [
    h("div", { class: "title" }, h("h1", {}, it.name), badge(it.state), it.hold && badge("held"),
      h("div", { class: "buttons" },
        it.hold && button("resume", it),
        it.revisions.length > 1 && button("rollback", it))),
    it.hold && h("div", { class: "now" }, `Held by ${it.hold.by || "somebody with a function key"} since `, when(it.hold.at), it.hold.reason && `: ${it.hold.reason}`, ". Later jobs wait until it is resumed."),
    it.jobs.map((one) => h("p", { class: "now" }, "Job ", jobLink(one.job), one.state === "changing" ? " changes this endpoint now." : one.state === "held" ? " waits until the endpoint is resumed." : " waits for its turn.")),
    trafficBar(it.traffic),
    Object.keys(it.mirror_traffic ?? {}).length > 0 && h("p", {}, "Mirrored: ", Object.entries(it.mirror_traffic).map(([to, share]) => `${to} ${share} %`).join(", ")),
    it.drift.length > 0 && section("Drift", h("p", {}, "This differs from the last release:"),
      table("Drift", ["What", "Asked", "Found"], it.drift.map((one) => [one.what, text(one.asked), text(one.found)]))),
    roles(it.roles),
    section("Deployments", it.deployments.length ? deployments(it) : h("p", {}, "None.")),
    section("Revisions", it.revisions.length ? revisions(it) : h("p", {}, "Sluice has released nothing here.")),
    facts([
      ["Address", it.scoring_uri && h("code", { class: "name" }, it.scoring_uri)],
      ["Sign-in of callers", it.auth_mode],
      ["Made by", it.made_by_sluice ? "Sluice" : "others"],
      ["Time to live", it.ttl_seconds && `${Math.round(it.ttl_seconds / 3600)} h`],
      ["Studio", page?.startsWith("https://") && h("a", { href: page, rel: "noreferrer", target: "_blank", "data-key": "studio" }, "Open in Azure ML studio")],
    ]),
  ];
}

function retiring(found, name) {
  const hit = found.deployments.filter((it) => it.endpoint.toLowerCase() === name.toLowerCase());
  if (!hit.length) return [];
  const remedies = [...new Set(hit.map((it) => it.remedy))];
  return [section("Retirement", hits(found, hit), remedies.map((it) => h("p", { class: "remedy" }, it)))];
}

const text = (value) => (typeof value === "string" ? value : JSON.stringify(value));

function deployments(it) {
  return table("Deployments", ["Deployment", "State", "Traffic", "Instances", "Revision", "Job"], it.deployments.map((one) => [
    h("span", { class: "name" }, one.name),
    badge(one.state),
    `${one.traffic} %`,
    `${one.instance_count} × ${one.instance_type}`,
    h("code", {}, one.digest?.slice(0, 12) ?? "not Sluice's"),
    one.job ? jobLink(one.job, one.job.slice(0, 8)) : "",
  ]));
}

function revisions(it) {
  return table("Revisions, newest first", ["Revision", "Released", "By", "From", "Job"], it.revisions.map((one) => [
    h("code", {}, one.digest.slice(0, 12)),
    when(one.at),
    who(one.by, one.door),
    h("span", { class: "name" }, one.path),
    jobLink(one.job, one.job.slice(0, 8)),
  ]));
}

function roles(it) {
  if (it?.unknown) return section("Roles", h("p", {}, `They could not be read: ${it.unknown}`));
  if (!it?.missing?.length) return null;
  return section("Missing roles", it.missing.map((one) => [h("p", {}, `${one.role}: ${one.why}`), copyable(one.command)]));
}

/** How to call the endpoint; asked only when somebody opens it. */
function calls(name) {
  const body = h("div", {});
  let asked = false;
  const open = async (event) => {
    if (!event.target.open || asked) return;
    asked = true;
    try {
      const it = await get(`endpoints/${encodeURIComponent(name)}/consume`);
      body.replaceChildren(
        h("p", {}, it.credential.note), copyable(it.credential.command),
        ...Object.entries(it.samples).map(([language, code]) => h("details", {}, h("summary", {}, language), copyable(code.trim()))));
    } catch (error) {
      asked = false;
      body.replaceChildren(h("p", { class: "wrong" }, error.message));
    }
  };
  return h("details", { on: { toggle: open } }, h("summary", {}, "How to call it"), body);
}
