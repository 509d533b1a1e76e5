// A chat with an endpoint, turn by turn, with the history that prompt flow expects.

import { answer, fields } from "./asking.js";
import { h } from "./dom.js";
import { took } from "./words.js";

/** `names`: of the chat's input, history and output. `send` asks the endpoint. */
export function chat(names, sample, send) {
  const others = fields(Object.fromEntries(Object.entries(sample).filter(([key]) => key !== names.input && key !== names.history)));
  const log = h("div", { class: "chat", role: "log", "aria-label": "Chat", tabindex: "0" });
  const told = h("div", { "aria-live": "polite" });
  const said = h("input", { id: "words", required: true, autocomplete: "off" });
  const go = h("button", { type: "submit", class: "main" }, "Send");
  let turns = [];

  function anew() {
    turns = [];
    log.replaceChildren();
    told.replaceChildren();
    said.focus();
  }

  async function submit(event) {
    event.preventDefault();
    go.disabled = true;
    told.replaceChildren(h("p", { class: "faint" }, "Waiting for the answer"));
    try {
      const inputs = { ...others.read(), [names.input]: said.value };
      const it = await send({ ...inputs, [names.history]: turns });
      const output = it.body?.[names.output];
      if (it.status !== 200 || it.problem || output === undefined) told.replaceChildren(...answer(it));
      else {
        turns = [...turns, { inputs, outputs: it.body }];
        told.replaceChildren();
        log.append(
          h("p", { class: "asked" }, h("span", { class: "hidden-text" }, "You: "), said.value),
          h("p", { class: "told" }, h("span", { class: "hidden-text" }, "Answer: "), typeof output === "string" ? output : JSON.stringify(output), h("span", { class: "note" }, took(it.seconds))));
        said.value = "";
        log.scrollTop = log.scrollHeight;
      }
    } catch (error) {
      told.replaceChildren(h("p", { class: "wrong" }, error.message));
    }
    go.disabled = false;
    said.focus();
  }

  return h("form", { class: "trial", on: { submit } },
    log, told,
    h("label", { for: "words" }, "Say", said),
    h("div", { class: "buttons" }, go, h("button", { type: "button", on: { click: anew } }, "New chat")),
    others.elements.length > 0 && h("details", {}, h("summary", {}, "Other inputs"), h("div", { class: "fields" }, others.elements)));
}
