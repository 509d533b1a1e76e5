// The drop zone: a zip is previewed first, uploaded when a person says so, and its job followed.

import { sendZip } from "./api.js";
import { h, say } from "./dom.js";
import { preview } from "./preview.js";

const MOST_MB = 100;
const MB = 1024 * 1024;
const ONE_ZIP = "Drop one zip. A folder is packed by the command line, which leaves out secrets and what its ignore file names: sluice drop FOLDER";

export function dropZone(signal) {
  const chosen = h("input", { type: "file", id: "zip", accept: ".zip,application/zip", on: { change: () => take(chosen.files), click: again } });
  const body = h("div", {});
  // So that the same file, mended meanwhile, can be chosen again.
  function again() {
    chosen.value = "";
  }
  const zone = h("section", { class: "drop", "aria-label": "Deploy a package" },
    h("label", { for: "zip" }, "Deploy a package: drop a zip here, or choose one", chosen), body);
  let busy = new AbortController();
  signal.addEventListener("abort", () => busy.abort());

  // A file that misses the zone would replace the page.
  window.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  }, { signal });
  window.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) zone.classList.remove("over");
  }, { signal });
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    take(event.dataTransfer.files);
  }, { signal });

  function clear() {
    busy.abort();
    busy = new AbortController();
    chosen.value = "";
    body.replaceChildren();
  }

  function take(files) {
    const [zip] = files;
    if (files.length !== 1 || !/\.zip$/i.test(zip.name)) return files.length ? wrong(ONE_ZIP) : undefined;
    if (zip.size > MOST_MB * MB) return wrong(`${zip.name} has ${Math.ceil(zip.size / MB)} MB, and ${MOST_MB} MB can be uploaded here. The command line uploads more: sluice drop ${zip.name}`);
    return ask(zip, zip.name);
  }

  function wrong(message, ...more) {
    body.replaceChildren(h("p", { class: "wrong", role: "alert" }, message), ...more);
  }

  /** Send the zip, and show how far it is; null if it was given up or refused. */
  async function send(query, zip, words) {
    busy.abort();
    busy = new AbortController();
    const { signal: given } = busy;
    const bar = h("progress", { max: "1", value: "0", "aria-label": words });
    const told = h("p", {}, `${words}…`);
    body.replaceChildren(told, bar, h("button", { type: "button", on: { click: clear } }, "Stop"));
    const progress = (share) => {
      bar.value = share;
      if (share === 1) told.textContent = `${words}: sent. Sluice reads it…`;
    };
    try {
      const answer = await sendZip(query, zip, { progress, signal: given });
      return given.aborted ? null : answer;
    } catch (error) {
      if (!given.aborted) wrong(error.message, h("button", { type: "button", on: { click: () => ask(zip, zip.name) } }, "Again"));
      return null;
    }
  }

  async function ask(zip, path) {
    const found = await send(`plan?upload=true&blob=${encodeURIComponent(path)}`, zip, `Looking at ${path}`);
    if (found) show(zip, path, found);
  }

  function show(zip, path, found) {
    const at = h("input", { id: "path", value: path, required: true, maxlength: "1024", autocomplete: "off", spellcheck: "false" });
    const go = h("button", { type: "submit", class: "main" }, "Deploy");
    const said = found.outcome === "rejected" ? "rejected" : `${found.steps.length} steps`;
    const submit = (event) => {
      event.preventDefault();
      const wanted = at.value.trim();
      if (wanted !== path || found.outcome === "rejected") ask(zip, wanted);
      else deploy(zip, path);
    };
    const label = () => {
      go.textContent = at.value.trim() !== path || found.outcome === "rejected" ? "Look again" : "Deploy";
    };
    at.addEventListener("input", label);
    label();
    body.replaceChildren(
      h("form", { class: "filters", on: { submit } },
        h("label", { for: "path" }, "Where it counts as dropped (the policy and the endpoint's name follow from it)", at),
        h("div", { class: "buttons" }, go, h("button", { type: "button", on: { click: clear } }, "Do nothing"))),
      h("div", { class: "preview" }, preview(found)));
    say(`${path}: ${said}`);
    go.focus();
  }

  async function deploy(zip, path) {
    const accepted = await send(`deployments?blob=${encodeURIComponent(path)}`, zip, `Uploading ${path}`);
    if (accepted) location.hash = `#/jobs/${accepted.job}`;
  }

  return zone;
}
