/** A page as long as it can do something: not while it is frozen, nor in the back/forward cache. */
export interface PageLife {
  /** Aborts when the page is put to sleep; a new one for each time that it is awake. Waits until it is. */
  awake(): Promise<AbortSignal>;
}

/**
 * Page Lifecycle (https://wicg.github.io/page-lifecycle/): `freeze` and `resume`; `pagehide` is the end of the page, or
 * its way into the back/forward cache, out of which `pageshow` brings it.
 */
export function watchPageLife(page: Window): PageLife {
  let period = new AbortController();
  let waiting: ((signal: AbortSignal) => void)[] = [];
  const sleep = (): void => period.abort();
  const wake = (): void => {
    if (!period.signal.aborted) return;
    period = new AbortController();
    for (const resolve of waiting) resolve(period.signal);
    waiting = [];
  };
  page.document.addEventListener("freeze", sleep);
  page.document.addEventListener("resume", wake);
  page.addEventListener("pagehide", sleep);
  page.addEventListener("pageshow", wake);
  return {
    awake: () =>
      period.signal.aborted
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(period.signal),
  };
}
