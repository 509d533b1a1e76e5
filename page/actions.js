// What a person can do. Each action says in a sentence what will happen, and asks first.

import { post } from "./api.js";
import { h, say } from "./dom.js";
import { refresh } from "./live.js";

const job = (act, label, tells, more = {}) => ({ act, label, tells, path: (it) => `jobs/${it.job}/${act}`, reason: true, ...more });
const name = (it) => it.endpoint || it.source;

export const ACTS = {
  approve: job("approve", "Approve", (it) => `Job ${it.job} goes on by its plan and deploys ${name(it)}. One approval is for all of the job.`),
  reject: job("reject", "Reject", (it) => `Job ${it.job} ends as rejected, and what it has changed of ${name(it)} is put back.`, { danger: true }),
  promote: job("promote", "Promote", (it) => `The new deployment of ${name(it)} gets all traffic now, without further stages.`),
  abort: job("abort", "Abort the rollout", (it) => `The traffic of ${name(it)} goes back to the old deployment now, and the job ends as rolled back. The new deployment stays without traffic, unless the manifest says otherwise.`, { danger: true }),
  cancel: job("cancel", "Cancel", (it) => `Job ${it.job} stops, and what it has changed of ${name(it)} is put back.`, { danger: true }),
  retry: job("retry", "Try again", (it) => `A new job deploys ${name(it)} from the package that job ${it.job} kept, and goes before older requests for the endpoint.`, { reason: false }),
  rollback: {
    label: "Roll back", danger: true, reason: true, path: (it) => `endpoints/${it.name}/rollback`,
    tells: (it) => `A job puts the previous good release of ${it.name} back. The endpoint is then held: later jobs wait until somebody resumes it.`,
  },
  resume: {
    label: "Resume", reason: false, path: (it) => `endpoints/${it.name}/resume`,
    tells: (it) => `The hold on ${it.name} ends, and the newest job that waits for it goes on.`,
  },
  replay: {
    label: "Replay", reason: false, path: (it) => `dead-letters/${it.queue}/${it.id}/replay`,
    tells: () => "Sluice takes this again, with its old place in the order of requests. Mend the cause first, or it will fail again.",
  },
  discard: {
    label: "Discard", danger: true, reason: false, path: (it) => `dead-letters/${it.queue}/${it.id}/discard`,
    tells: () => "This is removed and cannot be brought back.",
  },
};

/** The actions that fit a job's state, the most likely first. */
export function fitting(it) {
  if (it.result) {
    const again = it.result.data.kind === "deployment" && !["succeeded", "unchanged"].includes(it.state);
    return again ? ["retry"] : [];
  }
  const now = (kind) => it.steps.some((step) => step.kind === kind && ["running", "waiting"].includes(step.state));
  const acts = [];
  if (now("approval")) acts.push("approve", "reject");
  if (now("bake")) acts.push("promote", "abort");
  return [...acts, "cancel"];
}

/** A button that asks, acts, and then shows what came of it. */
export function button(act, it, label = ACTS[act].label) {
  const kind = ACTS[act].danger ? "danger" : "plain";
  return h("button", { type: "button", class: kind, "data-key": `act-${act}-${it.id ?? ""}`, on: { click: () => confirm(ACTS[act], it) } }, label);
}

function confirm(act, it) {
  const dialog = document.getElementById("dialog");
  const reason = h("input", { id: "reason", maxlength: "500", autocomplete: "off" });
  const wrong = h("p", { class: "wrong", role: "alert" });
  const go = h("button", { type: "submit", class: act.danger ? "danger" : "main" }, act.label);
  const form = h("form", { on: { submit } },
    h("h2", { id: "dialog-title" }, `${act.label}?`),
    h("p", {}, act.tells(it)),
    act.reason && h("label", { for: "reason" }, "Reason (kept with the decision; may be empty)", reason),
    wrong,
    h("div", { class: "buttons" }, h("button", { type: "button", on: { click: () => dialog.close() } }, "Do nothing"), go));
  async function submit(event) {
    event.preventDefault();
    go.disabled = true;
    wrong.textContent = "";
    try {
      const told = await post(act.path(it), act.reason && reason.value.trim() ? { reason: reason.value.trim() } : undefined);
      dialog.close();
      say(`${act.label}: accepted`);
      if (told.job && told.job !== it.job && !told.decision) location.hash = `#/jobs/${told.job}`;
      refresh();
    } catch (error) {
      wrong.textContent = error.message;
      go.disabled = false;
    }
  }
  dialog.replaceChildren(form);
  dialog.showModal();
}
