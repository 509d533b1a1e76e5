// Drives the page in a real Chromium, as a person with a keyboard would.
// Reads from its first argument {url, key, chromium, modules, act, ...}; prints what it saw as JSON.

const { createRequire } = require("node:module");
const { readFileSync } = require("node:fs");

const given = JSON.parse(process.argv[2]);
const load = createRequire(`${given.modules}/`);
const { chromium } = load("playwright-core");
const axe = readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");
const LIMIT_MS = 240_000;
const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const seen = { errors: [], axe: [], checked: 0, wide: [], shown: {} };

const acts = {
  async approve(page) {
    await open(page, "jobs", `text=${given.job}`);
    await look(page, "jobs");
    await page.focus(`a:text("${given.job}")`);
    await page.keyboard.press("Enter");
    await confirmed(page, "Approve", "as agreed");
    await page.waitForSelector(".title .badge:text-is('succeeded')");
    await look(page, "job");
  },
  async judged(page) {
    await open(page, `jobs/${given.job}`, "h2:text-is('Verdicts')");
    await look(page, "judged");
  },
  async rollback(page) {
    await open(page, `endpoints/${given.endpoint}`, "button:text-is('Roll back')");
    await look(page, "endpoint");
    await confirmed(page, "Roll back", "it answers nonsense");
    await page.waitForURL(/#\/jobs\//);
    await page.waitForSelector(".title .badge:text-is('succeeded')");
    await look(page, "rollback");
    await open(page, `endpoints/${given.endpoint}`, ".title .badge:text-is('held')");
    await look(page, "held");
    await confirmed(page, "Resume");
    await page.waitForSelector(".title .badge:text-is('held')", { state: "detached" });
  },
  async signedIn(page) {
    await look(page, "jobs");
    seen.shown.header = await page.innerText("header");
    await open(page, `jobs/${given.job}`, ".title");
    await page.focus(".title button:text-is('Try again')");
    await page.keyboard.press("Enter");
    await page.focus("dialog button[type=submit]");
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=may not deploy");
    await look(page, "refused");
    seen.errors = seen.errors.filter((it) => !it.includes("status of 403"));
    await page.keyboard.press("Escape");
    await page.click("#sign-out");
    await page.waitForSelector("a:text-is('Sign in')");
  },
  async drop(page) {
    await open(page, "jobs", "#zip");
    // The wrong files first: each is refused with what to do instead.
    await dropped(page, [["a.zip", ""], ["b.zip", ""]]);
    await page.waitForSelector(".drop .wrong:has-text('Drop one zip')");
    await dropped(page, [["broken.zip", given.broken]]);
    await page.waitForSelector(".drop .badge:text-is('rejected')");
    await look(page, "refused");
    await page.focus("text=Do nothing");
    await page.keyboard.press("Enter");
    await page.setInputFiles("#zip", { name: given.name, mimeType: "application/zip", buffer: Buffer.from(given.zip, "base64") });
    await page.waitForSelector(".drop .badge:text-is('changes')");
    await look(page, "previewed");
    await page.fill("#path", `team/${given.name}`);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".drop button:focus:text-is('Deploy')");
    await page.keyboard.press("Enter");
    await page.waitForURL(/#\/jobs\//);
    seen.job = decodeURIComponent((await page.evaluate(() => location.hash)).split("/")[2]);
    await page.waitForSelector(".title .badge:text-is('running')");
    await page.waitForSelector(".title .badge:text-is('succeeded')");
    await look(page, "followed");
  },
  async ask(page) {
    await open(page, `endpoints/${given.endpoint}`, "summary:text-is('Try it')");
    await page.focus("summary:text-is('Try it')");
    await page.keyboard.press("Enter");
    await page.fill("#input-0", "Who dug the first canal?");
    await page.focus(".trial button[type=submit]");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".trial .badge:text-is('answered')");
    await page.waitForSelector("h2:text-is('Retirement')");
    await look(page, "answered");
    await page.focus("text=Write it as JSON");
    await page.keyboard.press("Enter");
    await page.fill("#request", "{");
    await page.focus(".trial button[type=submit]");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".trial .wrong:has-text('The request is no JSON')");
    await page.fill("#request", '{"question": "fail"}');
    await page.focus(".trial button[type=submit]");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".trial .badge:text-is('error')");
    await look(page, "failing");
    await open(page, "endpoints", ".warns:has-text('days left')");
    await look(page, "endpoints");
  },
  async chat(page) {
    await open(page, `endpoints/${given.endpoint}`, "summary:text-is('Try it')");
    await page.focus("summary:text-is('Try it')");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#words");
    for (const [turn, words] of ["Hello", "And again"].entries()) {
      await page.fill("#words", words);
      await page.keyboard.press("Enter");
      await page.waitForSelector(`.chat .told >> nth=${turn}`);
    }
    await look(page, "chatted");
  },
  async hidden(page) {
    await open(page, "jobs", "table");
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
    });
    let calls = 0;
    page.on("request", () => (calls += 1));
    await page.evaluate(() => window.dispatchEvent(new Event("sluice-refresh")));
    await page.waitForTimeout(2_000);
    seen.whileHidden = calls;
    await page.evaluate(() => {
      delete document.hidden;
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await page.waitForRequest(/\/api\/jobs$/);
  },
};

/** Drop files as a person drags them, each a name and its bytes in base64. */
async function dropped(page, files) {
  await page.evaluate((them) => {
    const data = new DataTransfer();
    for (const [name, bytes] of them) data.items.add(new File([Uint8Array.from(atob(bytes), (it) => it.charCodeAt(0))], name));
    for (const kind of ["dragover", "drop"]) {
      const event = new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
      document.querySelector(".drop").dispatchEvent(event);
    }
  }, files);
}

async function open(page, view, selector) {
  await page.evaluate((hash) => { location.hash = hash; }, `#/${view}`);
  await page.waitForSelector(selector);
}

async function confirmed(page, label, reason) {
  await page.waitForSelector(`button:text-is("${label}")`);
  await page.focus(`.title button:text-is("${label}")`);
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog[open]");
  await look(page, `asked ${label}`);
  if (reason) await page.fill("#reason", reason);
  await page.focus("dialog button[type=submit]");
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog:not([open])", { state: "attached" });
}

async function look(page, name) {
  const session = await page.context().newCDPSession(page);
  for (const [width, height] of [[360, 740], [1280, 900]]) {
    for (const colorScheme of ["dark", "light"]) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${name}-${width}-${colorScheme}.png`, fullPage: true });
      const run = `${axe}; axe.run().then((it) => JSON.stringify([it.passes.length, it.violations.map((v) => [v.impact, v.id, v.nodes[0].html])]))`;
      const { result } = await session.send("Runtime.evaluate", { expression: run, awaitPromise: true });
      const [passes, violations] = JSON.parse(result.value);
      seen.checked += passes > 0;
      seen.axe.push(...violations.map((it) => [name, width, colorScheme, ...it]));
    }
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (beyond > 0) seen.wide.push([name, width, beyond]);
  }
  seen.shown[name] = await page.evaluate(() => (document.querySelector("dialog[open]") ?? document.querySelector("main")).innerText);
  await session.detach();
}

async function main() {
  const browser = await chromium.launch({ executablePath: given.chromium, args: FLAGS });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(LIMIT_MS);
    page.on("pageerror", (error) => seen.errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && seen.errors.push(message.text()));
    page.on("request", (request) => {
      if (!request.url().startsWith(`${given.url}/`)) seen.errors.push(`asks ${request.url()}`);
    });
    await page.goto(`${given.url}/api/ui`);
    if (given.person) {
      await page.waitForSelector("a:text-is('Sign in')");
      await look(page, "sign-in");
      await page.keyboard.press("Enter");
      await page.click(`text=${given.person}`);
    } else {
      await page.waitForSelector("#key");
      await look(page, "sign-in");
      await page.keyboard.type(given.key);
      await page.keyboard.press("Enter");
    }
    await page.waitForSelector("#state");
    await acts[given.act](page);
  } finally {
    await browser.close();
  }
  console.log(JSON.stringify(seen));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
