import type { Address } from "../../core/primitives.ts";
import type { ChainEvents } from "../../ports/chain-events.ts";
import type { ChainEvent, ChainRecords } from "../../ports/chain-records.ts";
import { Subject } from "../observable.ts";

const SHOWN_EVENTS = 50;

/** What the network's contracts told about an account. */
export interface AccountHistory {
  readonly account: Address | undefined;
  /** The newest first. */
  readonly events: readonly ChainEvent[];
  /** Up to this block all is known. */
  readonly asOf?: { readonly blockNumber: number; readonly timestampMs: number };
  /** Blocks of the chain that have not been read yet. */
  readonly behindBlocks: number;
}

/** Follows the chain's events; what is kept is shown at once, also while there is no chain. */
export class ChainHistory {
  readonly shown = new Subject<AccountHistory>({ account: undefined, events: [], behindBlocks: 0 });
  readonly #events: ChainEvents;
  readonly #records: ChainRecords;
  #following: Promise<void> | undefined;
  #headNumber: number | undefined;

  constructor(events: ChainEvents, records: ChainRecords) {
    this.#events = events;
    this.#records = records;
  }

  /** One at a time: the first reading of a long chain takes longer than the pause between two looks. */
  look(account: Address | undefined): Promise<void> {
    this.#following ??= this.#look(account).finally(() => {
      this.#following = undefined;
    });
    return this.#following;
  }

  async #look(account: Address | undefined): Promise<void> {
    if (account !== this.shown.value.account) await this.#show(account);
    const progress = await this.#events.follow().catch(() => undefined);
    this.#headNumber = progress?.headNumber ?? this.#headNumber;
    await this.#show(account);
  }

  async #show(account: Address | undefined): Promise<void> {
    const tip = await this.#records.indexTip();
    const events = account === undefined ? [] : await this.#records.events({ account, limit: SHOWN_EVENTS });
    this.shown.set({
      account,
      events,
      behindBlocks: Math.max(0, (this.#headNumber ?? 0) - (tip?.number ?? 0)),
      ...(tip && { asOf: { blockNumber: tip.number, timestampMs: tip.timestampMs } }),
    });
  }
}
