import { failure, toErrorData } from "../../../core/errors.ts";
import { LIMITS } from "../../../core/limits.ts";
import type { ResendingWallet, TransactionUpdate } from "../../../ports/chain.ts";
import type { TransactionRecords } from "../../../ports/chain-records.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import type { StoredTransaction, TransactionReads } from "../../../ports/transactions.ts";
import { KeyedMutex } from "../../mutex.ts";
import { Subject } from "../../observable.ts";
import { randomId } from "../../random-id.ts";
import { UnderWay } from "../../under-way.ts";
import { hasEnded, judge, type TrackingRules } from "./judge.ts";

/** While one of them is not in a block yet, unless it has waited for long: then it may wait for ever. */
const LOOK_MS = 4_000;
const IS_LONG_MS = 10 * 60_000;

export interface TransactionParts {
  readonly records: TransactionRecords;
  readonly reads: TransactionReads;
  readonly wallet: Pick<ResendingWallet, "resend">;
  readonly clock: Clock;
  readonly random: Random;
  readonly rules: TrackingRules;
  /** Between two looks when none is about to be mined: how deep those in blocks lie. */
  readonly depthEveryMs: number;
}

/** One run of a wallet's write: hears its updates and its end. */
export interface Sender {
  readonly onUpdate: (update: TransactionUpdate) => void;
  failed(thrown: unknown): void;
}

/**
 * The user's transactions, from the question to the depth at which no reorganisation is expected any more. Kept on the
 * device: a reload, or another tab, goes on with them.
 */
export class Transactions {
  /** The last asked for first. */
  readonly list = new Subject<readonly StoredTransaction[]>([]);
  readonly #parts: TransactionParts;
  readonly #writing = new KeyedMutex();
  readonly #underWay = new UnderWay();
  #cancelLook: (() => void) | undefined;
  #looking: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: TransactionParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    await this.#reload();
    await this.look();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelLook?.();
  }

  /** After `stop`: resolves when nothing is being written any more; what the chain still answers is not listened to. */
  settled(): Promise<void> {
    return this.#underWay.settled();
  }

  /** For one write through the wallet; a write may ask for more than one transaction, one after another. */
  sender(): Sender {
    let current: string | undefined;
    return {
      onUpdate: (update) => {
        if (update.state === "asking" && update.request !== undefined) {
          if (update.changed !== undefined && current !== undefined) {
            const note = CHANGED[update.changed];
            this.#quietly(this.#change(current, (kept) => ({ ...kept, note })));
            return;
          }
          current = randomId(this.#parts.random);
          this.#quietly(this.#add(current, update.request));
        }
        if (update.state === "sent" && current !== undefined) {
          const { transaction } = update;
          this.#quietly(this.#change(current, (kept) => sent(kept, transaction)));
        }
        if (update.state === "confirmed") this.#quietly(this.look());
      },
      failed: (thrown) => {
        if (current === undefined) return;
        const { code, message } = toErrorData(thrown);
        const refused = this.#change(current, (kept) => {
          if (kept.fate.state !== "asking") return kept;
          return {
            ...kept,
            fate: code === "wallet-rejected" ? { state: "rejected" } : { state: "refused", reason: message },
          };
        });
        this.#quietly(refused);
      },
    };
  }

  /** Errors: transaction-settled, and Wallet.resend's. */
  speedUp(id: string): Promise<void> {
    return this.#resend(id, "speed-up");
  }

  /** Sends nothing in its place. Errors: those of `speedUp`. */
  cancel(id: string): Promise<void> {
    return this.#resend(id, "cancel");
  }

  /** Takes it from the list; what it does on the chain goes on. */
  async forget(id: string): Promise<void> {
    await this.#writing.run(id, () => this.#parts.records.deleteTransaction(id));
    await this.#reload();
  }

  /** Asks the chain about all that has not ended; a chain that is away changes nothing. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch(() => undefined)
      .finally(() => {
        this.#looking = undefined;
        this.#plan();
      });
    return this.#looking;
  }

  async #resend(id: string, as: "speed-up" | "cancel"): Promise<void> {
    const kept = this.list.value.find((one) => one.id === id);
    const transaction = kept?.hashes.at(-1);
    if (kept?.nonce === undefined || transaction === undefined || hasEnded(kept.fate)) {
      throw failure("transaction-settled", "This transaction does not wait");
    }
    const { asked, nonce } = kept;
    const hash = await this.#parts.wallet.resend({ asked, nonce, transaction, as });
    // Counted anew: a higher fee deserves its time.
    await this.#change(id, (now) => ({ ...sent(now, hash), waitsSinceBlock: Number.MAX_SAFE_INTEGER }));
    await this.look();
  }

  /** A device that keeps nothing more loses the list, not the transaction. */
  #quietly(work: Promise<void>): void {
    void this.#underWay.add(work).then(
      () => (this.#stopped ? undefined : this.look()),
      () => undefined,
    );
  }

  #plan(): void {
    this.#cancelLook?.();
    if (this.#stopped) return;
    const { clock, depthEveryMs } = this.#parts;
    const nowMs = clock.nowMs();
    const isWaiting = this.list.value.some(
      ({ fate, updatedAtMs }) =>
        !hasEnded(fate) && fate.state !== "mined" && nowMs < updatedAtMs + IS_LONG_MS,
    );
    this.#cancelLook = clock.at(nowMs + (isWaiting ? LOOK_MS : depthEveryMs), () => void this.look());
  }

  async #look(): Promise<void> {
    // What another tab of the profile has done is known first.
    await this.#reload();
    const { reads, rules } = this.#parts;
    for (const { id, asked, hashes, fate, ...kept } of this.list.value) {
      if (this.#stopped || hasEnded(fate)) continue;
      // No node has ever shown it: most likely it had the nonce that was next, and another transaction has that now.
      const nonce = kept.nonce ?? (fate.state === "dropped" ? asked.nextNonce : undefined);
      const seen = await reads.observe({ asked, nonce, hashes }).catch(() => undefined);
      if (seen === undefined || this.#stopped) return;
      const isAnothers =
        seen.mined !== undefined && hashes.length === 0 && this.#has(seen.mined.transaction, id);
      if (!isAnothers) await this.#underWay.add(this.#change(id, (kept) => judge(kept, seen, rules)));
    }
  }

  /** The same call asked for twice, and sent once: it is the one's that knows its hash. */
  #has(transaction: string, exceptId: string): boolean {
    return this.list.value.some(({ id, hashes }) => id !== exceptId && hashes.includes(transaction));
  }

  async #add(id: string, asked: StoredTransaction["asked"]): Promise<void> {
    const nowMs = this.#parts.clock.nowMs();
    await this.#writing.run(id, () =>
      this.#parts.records.putTransaction({
        id,
        askedAtMs: nowMs,
        asked,
        hashes: [],
        fate: { state: "asking" },
        waitsSinceBlock: asked.blockNumber,
        reorganisations: 0,
        updatedAtMs: nowMs,
      }),
    );
    await this.#prune();
    await this.#reload();
  }

  async #change(id: string, change: (kept: StoredTransaction) => StoredTransaction): Promise<void> {
    const { records, clock } = this.#parts;
    const changed = await this.#writing.run(id, async () => {
      const kept = (await records.listTransactions()).find((one) => one.id === id);
      if (kept === undefined) return false;
      const next = change(kept);
      if (isSame(kept, next)) return false;
      await records.putTransaction({ ...next, updatedAtMs: clock.nowMs() });
      return true;
    });
    if (changed) await this.#reload();
  }

  async #prune(): Promise<void> {
    const { records } = this.#parts;
    const all = await records.listTransactions();
    const ended = all.filter(({ fate }) => hasEnded(fate)).reverse();
    for (const { id } of ended.slice(0, Math.max(0, all.length - LIMITS.keptTransactions))) {
      await records.deleteTransaction(id);
    }
  }

  async #reload(): Promise<void> {
    if (this.#stopped) return;
    this.list.set(await this.#parts.records.listTransactions());
  }
}

const CHANGED = {
  account: "You chose another account in your wallet; this is still asked of the first one.",
  chain: "Your wallet has changed to another chain; this is still asked for this network's.",
  connection: "Your wallet has lost its connection while it asks.",
} as const;

function sent(kept: StoredTransaction, transaction: string): StoredTransaction {
  const { note: _, unseenSinceBlock: _unseen, ...rest } = kept;
  return { ...rest, hashes: [...kept.hashes, transaction], fate: { state: "pending" } };
}

function isSame(a: StoredTransaction, b: StoredTransaction): boolean {
  return JSON.stringify(a, asText) === JSON.stringify(b, asText);
}

const asText = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}n` : value);
