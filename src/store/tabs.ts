import { failure } from "../core/errors.ts";
import type { TabId, Tabs } from "../ports/tabs.ts";

const CHANNEL = "parley-tabs";
const ALIVE_PREFIX = "parley-tab/";

/** The platform's parts, so that tests can run several tabs in one process. */
export interface TabsPlatform {
  readonly locks: Pick<LockManager, "request">;
  readonly randomUUID: () => string;
}

/**
 * Tabs of this profile over a BroadcastChannel. Each tab holds a Web Lock of its own for as long as it lives: the
 * browser gives it to whoever waits for it as soon as the tab is gone, whatever ended it (Web Locks API, §2.4).
 */
export async function openTabs(
  platform: TabsPlatform = { locks: navigator.locks, randomUUID: () => crypto.randomUUID() },
): Promise<Tabs> {
  const { locks } = platform;
  const id: TabId = platform.randomUUID();
  const channel = new BroadcastChannel(CHANNEL);
  let leave: () => void = () => undefined;
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  await new Promise<void>((held) => {
    // Refused only when the page goes away meanwhile.
    void locks
      .request(`${ALIVE_PREFIX}${id}`, () => {
        held();
        return left;
      })
      .catch(() => undefined);
  });
  return new BrowserTabs(id, channel, locks, leave);
}

class BrowserTabs implements Tabs {
  readonly id: TabId;
  readonly #channel: BroadcastChannel;
  readonly #locks: Pick<LockManager, "request">;
  readonly #leave: () => void;
  readonly #listeners = new Set<(message: unknown) => void>();
  readonly #watches = new Set<AbortController>();
  #closed = false;

  constructor(id: TabId, channel: BroadcastChannel, locks: Pick<LockManager, "request">, leave: () => void) {
    this.id = id;
    this.#channel = channel;
    this.#locks = locks;
    this.#leave = leave;
    channel.onmessage = (event: MessageEvent<unknown>) => {
      if (this.#closed) return;
      for (const listener of [...this.#listeners]) listener(event.data);
    };
  }

  post(message: unknown): void {
    if (this.#closed) return;
    try {
      this.#channel.postMessage(message);
    } catch (thrown) {
      throw failure(
        "tab-message",
        "Other tabs cannot be told this.",
        "data that can be copied",
        String(thrown),
      );
    }
  }

  onMessage(listener: (message: unknown) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onGone(tab: TabId, listener: () => void): () => void {
    const watch = new AbortController();
    this.#watches.add(watch);
    const gone = () => {
      this.#watches.delete(watch);
      if (!watch.signal.aborted) listener();
    };
    // Shared: several tabs may wait for one, and none keeps the others waiting.
    void this.#locks
      .request(`${ALIVE_PREFIX}${tab}`, { mode: "shared", signal: watch.signal }, gone)
      .catch(() => undefined);
    return () => {
      this.#watches.delete(watch);
      watch.abort();
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const watch of this.#watches) watch.abort();
    this.#watches.clear();
    this.#listeners.clear();
    this.#channel.close();
    this.#leave();
  }
}
