import { failure } from "../../src/core/errors.ts";
import type { TabId, Tabs } from "../../src/ports/tabs.ts";

/** The tabs of one browser profile, in one process. */
export class MemoryProfile {
  readonly #tabs = new Map<TabId, MemoryTabs>();
  readonly #watches = new Map<TabId, Set<() => void>>();
  #count = 0;

  open(): MemoryTabs {
    this.#count += 1;
    const tab = new MemoryTabs(this, `tab-${this.#count}`);
    this.#tabs.set(tab.id, tab);
    return tab;
  }

  others(id: TabId): readonly MemoryTabs[] {
    return [...this.#tabs.values()].filter((tab) => tab.id !== id);
  }

  watch(id: TabId, listener: () => void): () => void {
    if (!this.#tabs.has(id)) {
      let isWanted = true;
      queueMicrotask(() => {
        if (isWanted) listener();
      });
      return () => {
        isWanted = false;
      };
    }
    const watches = this.#watches.get(id) ?? new Set();
    this.#watches.set(id, watches);
    watches.add(listener);
    return () => watches.delete(listener);
  }

  remove(id: TabId): void {
    this.#tabs.delete(id);
    const watches = [...(this.#watches.get(id) ?? [])];
    this.#watches.delete(id);
    for (const listener of watches) queueMicrotask(listener);
  }
}

export class MemoryTabs implements Tabs {
  readonly id: TabId;
  readonly #profile: MemoryProfile;
  readonly #listeners = new Set<(message: unknown) => void>();
  readonly #watches = new Set<() => void>();
  #closed = false;

  constructor(profile: MemoryProfile, id: TabId) {
    this.#profile = profile;
    this.id = id;
  }

  post(message: unknown): void {
    if (this.#closed) return;
    for (const tab of this.#profile.others(this.id)) tab.deliver(copyOf(message));
  }

  onMessage(listener: (message: unknown) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onGone(tab: TabId, listener: () => void): () => void {
    const unwatch = this.#profile.watch(tab, listener);
    this.#watches.add(unwatch);
    return unwatch;
  }

  close(): void {
    this.#closed = true;
    for (const unwatch of this.#watches) unwatch();
    this.#profile.remove(this.id);
  }

  deliver(message: unknown): void {
    queueMicrotask(() => {
      if (this.#closed) return;
      for (const listener of [...this.#listeners]) listener(message);
    });
  }
}

function copyOf(message: unknown): unknown {
  try {
    return structuredClone(message);
  } catch (thrown) {
    throw failure("tab-message", "Other tabs cannot be told this.", undefined, String(thrown));
  }
}
