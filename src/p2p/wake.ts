const CHECK_EVERY_MS = 5_000;
/** A timer that comes so late says that the machine or the tab slept. */
const SLEPT_MS = 30_000;

/** Calls back when waiting has lost its sense: the network is back, the page is shown again, the machine woke up. */
export function onWake(listener: () => void): () => void {
  let lastMs = Date.now();
  const interval = setInterval(() => {
    const sleptMs = Date.now() - lastMs;
    lastMs = Date.now();
    if (sleptMs > SLEPT_MS) listener();
  }, CHECK_EVERY_MS);
  const stopEvents = typeof window === "undefined" ? () => undefined : onPageEvents(listener);
  return () => {
    clearInterval(interval);
    stopEvents();
  };
}

function onPageEvents(listener: () => void): () => void {
  const shown = (): void => {
    if (document.visibilityState === "visible") listener();
  };
  window.addEventListener("online", listener);
  window.addEventListener("pageshow", listener);
  document.addEventListener("resume", listener);
  document.addEventListener("visibilitychange", shown);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("pageshow", listener);
    document.removeEventListener("resume", listener);
    document.removeEventListener("visibilitychange", shown);
  };
}
