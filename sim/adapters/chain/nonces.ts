import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "../../../src/core/bytes.ts";
import { failure } from "../../../src/core/errors.ts";
import type { Address, Hash } from "../../../src/core/primitives.ts";
import type {
  AskedTransaction,
  BlockReference,
  NonceObservation,
  TransactionCall,
  TransactionReads,
  WatchedNonce,
} from "../../../src/ports/transactions.ts";

interface Sent {
  readonly transaction: Hash;
  readonly nonce: number;
  readonly call: TransactionCall;
}

interface Block extends BlockReference {
  readonly sent: readonly Sent[];
}

const FEE_WEI = 21_000n;

/** One account's transactions on a chain that mines, drops and reorganises when told to. */
export class SimulatedNonces implements TransactionReads {
  readonly account: Address = `0x${"1".repeat(40)}`;
  reachable = true;
  #blocks: readonly Block[] = [];
  #pool: readonly Sent[] = [];
  #hashes = 0;

  constructor() {
    this.#addBlock([]);
  }

  asked(call: TransactionCall): AskedTransaction {
    const { account } = this;
    return { account, call, summary: "Pay", nextNonce: this.#pooledNonce, blockNumber: this.#head.number };
  }

  /** With the nonce of one that waits it takes its place; without one, the next that is free. */
  send(call: TransactionCall, nonce = this.#pooledNonce): Hash {
    if (nonce < this.#minedNonce) throw failure("nonce-used", "A block has a transaction in this place");
    const transaction = this.#newHash("transaction");
    this.#pool = [...this.#pool.filter((one) => one.nonce !== nonce), { transaction, nonce, call }];
    return transaction;
  }

  drop(transaction: Hash): void {
    this.#pool = this.#pool.filter((one) => one.transaction !== transaction);
  }

  /** The first of these blocks takes what waits, unless it is `full`. */
  mine(blocks = 1, full = false): void {
    for (let count = 0; count < blocks; count++) {
      const taken: Sent[] = [];
      for (let next = full ? undefined : this.#waiting(this.#minedNonce); next !== undefined; ) {
        taken.push(next);
        next = this.#waiting(next.nonce + 1);
      }
      this.#pool = this.#pool.filter((one) => !taken.includes(one));
      this.#addBlock(taken);
    }
  }

  /** Empty blocks in the place of the newest ones; what was in those waits again, or is gone. */
  reorganise(depth: number, waitsAgain = false): void {
    const kept = this.#blocks.slice(0, Math.max(1, this.#blocks.length - depth));
    const undone = this.#blocks.slice(kept.length);
    this.#blocks = kept;
    for (const _ of undone) this.#addBlock([]);
    if (waitsAgain) this.#pool = [...this.#pool, ...undone.flatMap(({ sent }) => sent)];
  }

  async observe({ asked, nonce: watchedNonce, hashes }: WatchedNonce): Promise<NonceObservation> {
    if (!this.reachable) throw failure("chain-unreachable", "The chain does not answer");
    const all = [...this.#pool, ...this.#blocks.flatMap(({ sent }) => sent)];
    const known = all.find(({ transaction }) => hashes.includes(transaction));
    const nonce = known?.nonce ?? watchedNonce;
    const { number, hash } = this.#head;
    return {
      head: { number, hash, timestampMs: number * 1_000 },
      nonce,
      nextNonce: this.#minedNonce,
      isKnown: known !== undefined,
      mined: this.#minedBy(asked, nonce),
    };
  }

  /** Without a nonce: what does what was asked. */
  #minedBy({ call, nextNonce }: AskedTransaction, nonce: number | undefined): NonceObservation["mined"] {
    for (const { number, hash, sent } of this.#blocks) {
      const found = sent.find((one) =>
        nonce === undefined ? one.nonce >= nextNonce && isSame(one.call, call) : one.nonce === nonce,
      );
      if (found !== undefined) {
        return { ...found, block: { number, hash }, succeeded: true, feeWei: FEE_WEI };
      }
    }
    return undefined;
  }

  #waiting(nonce: number): Sent | undefined {
    return this.#pool.find((one) => one.nonce === nonce);
  }

  get #minedNonce(): number {
    return this.#blocks.reduce((count, { sent }) => count + sent.length, 0);
  }

  get #pooledNonce(): number {
    let nonce = this.#minedNonce;
    while (this.#waiting(nonce) !== undefined) nonce++;
    return nonce;
  }

  get #head(): Block {
    const head = this.#blocks.at(-1);
    if (head === undefined) throw new Error("a chain has a first block");
    return head;
  }

  #addBlock(sent: readonly Sent[]): void {
    const block = { number: this.#blocks.length, hash: this.#newHash("block"), sent };
    this.#blocks = [...this.#blocks, block];
  }

  #newHash(of: string): Hash {
    this.#hashes++;
    return bytesToHex(sha256(utf8ToBytes(`${of} ${this.#hashes}`)));
  }
}

function isSame(a: TransactionCall, b: TransactionCall): boolean {
  return a.to === b.to && a.data === b.data && a.valueWei === b.valueWei;
}
