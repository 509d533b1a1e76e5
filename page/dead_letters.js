// What was given up: the oldest dead letters, to be taken again or removed.

import { button } from "./actions.js";
import { get } from "./api.js";
import { h, redraw } from "./dom.js";
import { follow } from "./live.js";
import { scrollable, when } from "./words.js";

const PAUSE_MS = 60_000;

export function deadLetters(main, signal, _query, failed) {
  const body = h("div", {});
  main.replaceChildren(h("h1", {}, "Dead letters"), body);
  return follow(signal, {
    load: () => get("dead-letters"),
    draw: (found) => redraw(body, list(found.dead_letters)),
    pause: () => PAUSE_MS,
    failed,
  });
}

function list(found) {
  if (!found.length) return h("p", {}, "None. Nothing was given up.");
  return found.map((it) =>
    h("article", {},
      h("div", { class: "title" }, h("h2", {}, it.queue), h("code", {}, it.id), h("div", { class: "buttons" }, button("replay", it), button("discard", it))),
      h("p", { class: "faint" }, it.enqueued && ["Came ", when(it.enqueued), ". "], it.deliveries && `Delivered ${it.deliveries} times. `, it.reason),
      it.description && h("p", {}, it.description),
      scrollable(h("pre", {}, it.body), "The message", `letter-${it.id}`)));
}
