import { Subject } from "../app/observable.ts";

/** True when a newer version is installed and waits for a reload. */
export const updateReady = new Subject(false);

let waiting: ServiceWorker | null = null;

/** A tab that is never reloaded would never hear of a new version: it asks. */
const ASK_MS = 60 * 60_000;
/** Names what this page is made of: the bundler puts a digest of the code into its file names. */
const BUILD = new URL(import.meta.url).pathname;
/** As the service worker knows it, which keeps the parts of a version while a page of it is open. */
const BUILD_LOCK = `parley-build/${BUILD}`;

/**
 * Registers the service worker and watches for new versions of the app. It fetches the shell, runtime and model once
 * more for its own cache: call it when the page no longer waits for them.
 */
export async function registerServiceWorker(url = "/sw.js"): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  void navigator.locks.request(BUILD_LOCK, { mode: "shared" }, () => new Promise(() => undefined));
  const registration = await navigator.serviceWorker.register(url);
  const note = (worker: ServiceWorker | null): void => {
    // The first worker of a first visit takes over silently: only a replacement is an update.
    if (worker === null || navigator.serviceWorker.controller === null) return;
    waiting = worker;
    updateReady.set(true);
  };
  note(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const installing = registration.installing;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed") note(installing);
    });
  });
  followUpdates();
  navigator.serviceWorker.controller?.postMessage({ type: "BUILD", build: BUILD });
  const ask = (): void => void registration.update().catch(() => undefined);
  setInterval(ask, ASK_MS);
}

/** Lets the waiting version take over; every tab of the profile reloads into it, this one too. */
export function useUpdate(): void {
  if (waiting === null) location.reload();
  else waiting.postMessage({ type: "SKIP_WAITING" });
}

/** All tabs together: one that went on would be the old app over the new one's caches and database. */
function followUpdates(): void {
  let isControlled = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (isControlled) location.reload();
    isControlled = true;
  });
}
