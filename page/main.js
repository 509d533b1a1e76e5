// Chooses the view by the address, and asks for the function key first.

import { begin, forgetKey, get, isKnown, isSignIn, person, setKey } from "./api.js";
import { deadLetters } from "./dead_letters.js";
import { h } from "./dom.js";
import { endpoint } from "./endpoint.js";
import { endpoints } from "./endpoints.js";
import { job } from "./job.js";
import { jobs } from "./jobs.js";

const VIEWS = [
  ["jobs", "Jobs", jobs, job],
  ["endpoints", "Endpoints", endpoints, endpoint],
  ["dead-letters", "Dead letters", deadLetters, deadLetters],
];
const main = document.getElementById("main");
const trouble = document.getElementById("trouble");
const signOut = document.getElementById("sign-out");
let current = new AbortController();

function show() {
  current.abort();
  current = new AbortController();
  document.getElementById("dialog").close();
  failed(null);
  signOut.hidden = !isKnown();
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [room, ...rest] = path.split("/");
  const found = VIEWS.find(([name]) => name === room) ?? VIEWS[0];
  document.getElementById("views").replaceChildren(...VIEWS.map(([name, label]) =>
    h("a", { href: `#/${name}`, "aria-current": isKnown() && name === found[0] ? "page" : null }, label)));
  if (!isKnown()) return isSignIn() ? offerSignIn() : askForKey();
  const one = rest.length > 0 && rest[0] !== "";
  const id = one ? decoded(rest.join("/")) : "";
  document.title = `${one ? id : found[1]} · Sluice`;
  main.replaceChildren(h("p", { class: "faint" }, "Reading"));
  return one ? found[3](main, current.signal, id, failed) : found[2](main, current.signal, new URLSearchParams(query), failed);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function failed(error) {
  if (error?.status === 401 && isSignIn()) return offerSignIn();
  if (error?.status === 401) {
    forgetKey();
    show();
  }
  if ((error?.message ?? "") === trouble.textContent) return;
  trouble.textContent = error?.message ?? "";
}

function offerSignIn() {
  document.title = "Sluice";
  signOut.hidden = true;
  current.abort();
  const back = encodeURIComponent(`/api/ui${location.hash}`);
  const link = h("a", { class: "button main", href: `/.auth/login/aad?post_login_redirect_uri=${back}` }, "Sign in");
  main.replaceChildren(h("div", { class: "sign-in" }, h("h1", {}, "Sluice"), h("p", {}, "Sign in with your work account to see jobs and endpoints."), link));
  link.focus();
}

function askForKey() {
  document.title = "Sluice";
  const key = h("input", { id: "key", type: "password", required: true, autocomplete: "off", spellcheck: "false" });
  const wrong = h("p", { class: "wrong", role: "alert" });
  const go = h("button", { type: "submit", class: "main" }, "Open");
  async function submit(event) {
    event.preventDefault();
    go.disabled = true;
    setKey(key.value.trim());
    try {
      await get("jobs");
      show();
    } catch (error) {
      forgetKey();
      wrong.textContent = error.message;
      go.disabled = false;
      key.focus();
    }
  }
  main.replaceChildren(
    h("form", { class: "sign-in", on: { submit } },
      h("h1", {}, "Sluice"),
      h("label", { for: "key" }, "Function key", key),
      h("p", { class: "faint" }, "This tab alone keeps it, until you close it. On your machine it is function_key in .local/stack.json."),
      wrong, go));
  key.focus();
}

signOut.addEventListener("click", () => {
  if (isSignIn()) {
    location.assign("/.auth/logout?post_logout_redirect_uri=/api/ui");
    return;
  }
  forgetKey();
  show();
});
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
window.addEventListener("hashchange", () => {
  show();
  main.focus({ preventScroll: true });
  window.scrollTo(0, 0);
});
begin().then(() => {
  if (isSignIn()) signOut.textContent = `Sign out ${person()}`;
  show();
});
