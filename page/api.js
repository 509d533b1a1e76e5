// Calls the HTTP API with the function key, which only this tab's session storage keeps; or, where the
// app has its callers sign in, with the cookie of that.

const KEY = "sluice-function-key";
const LIMIT_MS = 90_000;
const UPLOAD_LIMIT_MS = 15 * 60_000;
const seen = new Map();
const MOST_SEEN = 20;
let signsIn = false;
let caller = "";

/** An answer that is not a success: `status` (0 if there was none), and the app's own words. */
export class CallError extends Error {
  constructor(status, message, findings = []) {
    super(message);
    this.status = status;
    this.findings = findings;
  }
}

/** Find out whether callers sign in, or send a function key. */
export async function begin() {
  const answer = await fetch("/api/health", { cache: "no-store" }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  signsIn = Boolean(told?.sign_in);
  caller = told?.caller ?? "";
}

export const isSignIn = () => signsIn;

/** Who has signed in, where callers do. */
export const person = () => (signsIn ? caller : "");

export const isKnown = () => (signsIn ? caller !== "" : sessionStorage.getItem(KEY) !== null);

export function setKey(key) {
  sessionStorage.setItem(KEY, key);
}

export function forgetKey() {
  sessionStorage.removeItem(KEY);
  seen.clear();
}

/** Read a view. What did not change since the last time is not sent again. */
export async function get(path) {
  const old = seen.get(path);
  const answer = await call("GET", path, old ? { "If-None-Match": old.etag } : {});
  if (answer.status === 304 && old) return old.body;
  const body = await answer.json();
  const etag = answer.headers.get("ETag");
  seen.delete(path);
  if (etag) seen.set(path, { etag, body });
  if (seen.size > MOST_SEEN) seen.delete(seen.keys().next().value);
  return body;
}

/** Send a decision or a request; returns the answer's body. */
export async function post(path, body) {
  const kind = body === undefined ? {} : { "Content-Type": "application/json" };
  const answer = await call("POST", path, kind, body === undefined ? undefined : JSON.stringify(body));
  return answer.json();
}

/** The header that shows who calls; a sign-in has its cookie. */
const proof = () => (signsIn ? {} : { "x-functions-key": sessionStorage.getItem(KEY) ?? "" });

/**
 * POST a zip. `progress(share)` tells how much of it is sent, from 0 to 1; `signal` gives it up.
 * fetch tells nothing of an upload, so this is an XMLHttpRequest.
 */
export function sendZip(path, zip, { progress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const away = () => reject(new CallError(0, "The app does not answer, or the file cannot be read any more. Choose it again."));
    request.upload.addEventListener("progress", (it) => it.lengthComputable && progress(it.loaded / it.total));
    request.addEventListener("load", () => {
      const told = request.response ?? {};
      if (request.status >= 200 && request.status < 300) resolve(told);
      else reject(refused(request.status, told));
    });
    request.addEventListener("error", away);
    request.addEventListener("timeout", away);
    request.addEventListener("abort", away);
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", `/api/${path}`);
    request.responseType = "json";
    request.timeout = UPLOAD_LIMIT_MS;
    for (const [name, value] of Object.entries(proof())) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", "application/zip");
    request.send(zip);
  });
}

async function call(method, path, headers, body) {
  let answer;
  try {
    answer = await fetch(`/api/${path}`, {
      method,
      headers: { ...proof(), ...headers },
      body,
      cache: "no-store",
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(LIMIT_MS),
    });
  } catch {
    throw new CallError(0, "The app does not answer. Is it up, and is this machine online?");
  }
  if (answer.ok || answer.status === 304) return answer;
  throw refused(answer.status, await answer.json().catch(() => ({})));
}

function refused(status, told) {
  if (status === 401) return new CallError(401, signsIn ? "Sign in again." : "The app does not know this function key.");
  return new CallError(status, told.detail ?? `The app answered with ${status}.`, told.findings);
}
