// The parts of a question to an endpoint: a form from a sample request, and the answer.

import { h, say } from "./dom.js";
import { badge, scrollable, took } from "./words.js";

/** A field for each value: text as it is, anything else as JSON. */
export function fields(sample) {
  const made = Object.entries(sample).map(([key, value], index) => {
    const isText = typeof value === "string";
    const text = isText ? value : JSON.stringify(value);
    const field = h("textarea", { id: `input-${index}`, rows: text.length > 80 ? "4" : "1", spellcheck: "false" }, text);
    const label = h("label", { for: `input-${index}` }, isText ? key : `${key} (JSON)`, field);
    return { label, read: () => [key, isText ? field.value : parsed(field.value, `'${key}'`)] };
  });
  return { elements: made.map((it) => it.label), read: () => Object.fromEntries(made.map((it) => it.read())) };
}

export function parsed(text, what) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${what} is no JSON: ${error.message}`);
  }
}

/** What the endpoint answered, with its status and the time that it took. */
export function answer(it) {
  const good = it.status >= 200 && it.status < 300 && !it.problem;
  say(good ? "The endpoint has answered" : "The endpoint did not answer as it should");
  const own = it.model_status ? `, the flow itself ${it.model_status}` : "";
  const status = good ? it.status : `${it.status ?? "No answer"} ${it.reason}`.trim();
  return [
    h("p", {}, badge(good ? "answered" : "error"), ` ${status}${own}, in ${took(it.seconds)}`),
    it.problem && h("p", { class: "wrong" }, it.problem),
    it.body !== null && it.body !== "" && scrollable(h("pre", { class: "wraps" }, typeof it.body === "string" ? it.body : JSON.stringify(it.body, null, 2)), "Answer"),
  ].filter(Boolean);
}
