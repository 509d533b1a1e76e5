// Which deployments the retirement of prompt flow hits. Asked once in some minutes: it reads every
// deployment and image of the workspace, and changes by the day.

import { get } from "./api.js";
import { h } from "./dom.js";

const KEPT_MS = 5 * 60_000;
let asked = 0;
let found = null;

/** What the API told last; null if it cannot be known. */
export function retirement() {
  if (found === null || Date.now() - asked > KEPT_MS) {
    asked = Date.now();
    const reading = get("retirement").catch(() => null);
    found = reading;
    reading.then((it) => {
      if (it === null && found === reading) found = null;
    });
  }
  return found;
}

/** Say how many deployments are hit, and how long they have; nothing if none is. */
export function hits(it, deployments) {
  if (!it || !deployments.length) return null;
  const count = deployments.length === 1 ? `1 deployment runs` : `${deployments.length} deployments run`;
  return h("p", { class: "now" }, `${count} prompt flow or its image, which is retired on ${it.retires_on}: ${it.days_left} days left.`);
}
