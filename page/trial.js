// Ask an endpoint a question, through the app: the page never has a key of an endpoint.

import { get, post } from "./api.js";
import { answer, fields, parsed } from "./asking.js";
import { chat } from "./chat.js";
import { h } from "./dom.js";

/** The pane of one endpoint; what it asks is read only when somebody opens it. */
export function trial(name, signal) {
  const body = h("div", {});
  let asked = false;
  const open = async (event) => {
    if (!event.target.open || asked) return;
    asked = true;
    try {
      const where = encodeURIComponent(name);
      const [how, it] = await Promise.all([get(`endpoints/${where}/consume`), get(`endpoints/${where}`)]);
      if (!signal.aborted) body.replaceChildren(...pane(name, how, it.deployments));
    } catch (error) {
      asked = false;
      body.replaceChildren(h("p", { class: "wrong" }, error.message));
    }
  };
  return h("details", { on: { toggle: open } }, h("summary", {}, "Try it"), body);
}

function pane(name, how, deployments) {
  const to = h("select", { id: "to" }, h("option", { value: "" }, "by its traffic"), deployments.map((it) => h("option", { value: it.name }, it.name)));
  const send = (request) => {
    const query = to.value ? `?deployment=${encodeURIComponent(to.value)}` : "";
    return post(`endpoints/${encodeURIComponent(name)}/invoke${query}`, request);
  };
  return [
    h("p", { class: "faint" }, "This asks the endpoint as a caller does, and costs what its models cost. The answer is shown once it is whole."),
    deployments.length > 1 && h("div", { class: "filters" }, h("label", { for: "to" }, "Deployment", to)),
    how.chat ? chat(how.chat, how.sample_request ?? {}, send) : question(how.sample_request, send),
  ].filter(Boolean);
}

/** A form with a field for each input of the sample, or the whole request as JSON. */
function question(sample, send) {
  const told = h("div", { "aria-live": "polite" });
  const place = h("div", { class: "fields" });
  const go = h("button", { type: "submit", class: "main" }, "Send");
  const other = h("button", { type: "button", on: { click: () => show(asJson(read())) } }, "Write it as JSON");
  let read;
  function show(made) {
    read = made.read;
    place.replaceChildren(...made.elements);
  }
  function asJson(value) {
    const text = h("textarea", { id: "request", rows: "8", spellcheck: "false" }, JSON.stringify(value, null, 2));
    other.hidden = true;
    return { elements: [h("label", { for: "request" }, "Request as JSON", text)], read: () => parsed(text.value, "The request") };
  }
  async function submit(event) {
    event.preventDefault();
    go.disabled = true;
    told.replaceChildren(h("p", { class: "faint" }, "Waiting for the answer"));
    try {
      told.replaceChildren(...answer(await send(read())));
    } catch (error) {
      told.replaceChildren(h("p", { class: "wrong" }, error.message));
    }
    go.disabled = false;
  }
  show(sample && Object.keys(sample).length ? fields(sample) : asJson(sample ?? {}));
  return h("form", { class: "trial", on: { submit } }, place, h("div", { class: "buttons" }, go, other), told);
}
