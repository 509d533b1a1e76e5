// Keeps a view fresh, and is frugal: nothing is asked while the tab is hidden.

const AFTER_TROUBLE_MS = 10_000;
export const NEVER = Infinity;

/** Ask for the view again now, after an action that changed it. */
export const refresh = () => window.dispatchEvent(new Event("sluice-refresh"));

/**
 * Load and draw until `signal` aborts. `pause(data)`: milliseconds until the next look.
 * `failed(error)` tells of an error; null once it is over.
 */
export async function follow(signal, { load, draw, pause, failed }) {
  while (!signal.aborted) {
    await visible();
    let wait = AFTER_TROUBLE_MS;
    try {
      const data = await load();
      if (signal.aborted) return;
      failed(null);
      draw(data);
      wait = pause(data);
    } catch (error) {
      if (signal.aborted) return;
      failed(error);
      if (error.status >= 400 && error.status < 500) wait = NEVER;
    }
    await sleep(wait, signal);
  }
}

function visible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
  });
}

function sleep(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = milliseconds === NEVER ? undefined : setTimeout(end, milliseconds);
    window.addEventListener("sluice-refresh", end);
    signal.addEventListener("abort", end);
    function end() {
      clearTimeout(timer);
      window.removeEventListener("sluice-refresh", end);
      signal.removeEventListener("abort", end);
      resolve();
    }
  });
}
