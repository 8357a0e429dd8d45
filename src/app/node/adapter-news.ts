import type { Adapter } from "../../core/primitives.ts";
import type { Ledger } from "./ledger.ts";

/** `cluster`: what this node's cluster adds to the version; null when it belongs to none. */
export type AdapterListener = (adapter: Adapter, epoch: number, cluster: Adapter | null) => void;

/** Tells who answers and trains with the shared version that there is another one. */
export class AdapterNews {
  readonly #ledger: Ledger;
  readonly #listeners = new Set<AdapterListener>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  listen(listener: AdapterListener): void {
    this.#listeners.add(listener);
  }

  /** The version in use. Errors: those of reading it. */
  async tell(): Promise<void> {
    const adapter = await this.#ledger.currentAdapter();
    const { epoch } = this.#ledger.head.value.state;
    const cluster = await this.#ledger.ownClusterAdapter();
    for (const listener of this.#listeners) listener(adapter, epoch, cluster);
  }
}
