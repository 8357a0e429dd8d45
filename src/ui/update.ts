import { Subject } from "../app/observable.ts";

/** True when a newer version is installed and waits for a reload. */
export const updateReady = new Subject(false);

let waiting: ServiceWorker | null = null;

/**
 * Registers the service worker and watches for new versions of the app. It fetches the shell, runtime and model once
 * more for its own cache: call it when the page no longer waits for them.
 */
export async function registerServiceWorker(url = "/sw.js"): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
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
}

/** Lets the waiting version take over, then reloads into it. */
export function useUpdate(): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting?.postMessage({ type: "SKIP_WAITING" });
}
