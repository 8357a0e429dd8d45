import type { Hash } from "../../core/primitives.ts";
import type { AnchoredRoot } from "../../ports/anchor-rewards.ts";
import type { Chain, ChainHead } from "../../ports/chain.ts";
import type { ChainDispute, Challenge, DisputeTerms, Juror } from "../../ports/chain-disputes.ts";
import type { EpochSummary } from "../parley.ts";

/** Epochs looked at for what can still be disputed. */
const LOOKED_EPOCHS = 12;

export interface SeenDispute extends ChainDispute {
  readonly ownSeats: number;
  readonly dueWei: bigint;
  /** What it is about, when this node has seen it stand. */
  readonly record: AnchoredRoot | undefined;
}

/** What the chain says of disputes, as of one head. */
export interface Seen {
  readonly head: ChainHead;
  readonly terms: DisputeTerms;
  /** Of anchored epochs that are not final. */
  readonly challenges: ReadonlyMap<number, Challenge>;
  readonly disputes: readonly SeenDispute[];
  readonly epochs: readonly number[];
}

/** Reads of the chain about disputes. While no block comes, the head alone is asked for. */
export class ChainLook {
  readonly #chain: Chain;
  readonly #juror: Juror;
  #terms: DisputeTerms | undefined;
  #seen: { readonly key: string; readonly seen: Seen } | undefined;
  /** Of anchored roots, by their transactions: they are never replaced any more. */
  readonly #final = new Set<Hash>();
  /** What each dispute is about; the chain can no longer tell when the root has fallen. */
  readonly #records = new Map<number, AnchoredRoot>();

  constructor(chain: Chain, juror: Juror) {
    this.#chain = chain;
    this.#juror = juror;
  }

  /** Errors: chain-unreachable. */
  async read(epochs: readonly EpochSummary[]): Promise<Seen> {
    const head = await this.#chain.head();
    const open = this.#open(epochs);
    const key = `${head.blockHash} ${[...open].join(" ")}`;
    if (this.#seen?.key === key) return this.#seen.seen;
    this.#terms ??= await this.#chain.disputeTerms();
    const found = await this.#chain.challengesOf([...open.keys()]);
    for (const [epoch, { isFinal }] of found) {
      const transaction = open.get(epoch);
      if (isFinal && transaction !== undefined) this.#final.add(transaction);
    }
    const challenges = new Map([...found].filter(([, { isFinal }]) => !isFinal));
    const listed = await this.#chain.disputes();
    const disputes = await Promise.all(listed.map((dispute) => this.#seenDispute(dispute, challenges)));
    const looked = epochs
      .map(({ epoch }) => epoch)
      .sort((a, b) => b - a)
      .slice(0, LOOKED_EPOCHS);
    const seen = { head, terms: this.#terms, challenges, disputes, epochs: looked };
    this.#seen = { key, seen };
    return seen;
  }

  /** Errors: not-anchored is the caller's to say. */
  async recordOf({
    dispute,
    epoch,
  }: Pick<ChainDispute, "dispute" | "epoch">): Promise<AnchoredRoot | undefined> {
    const record = this.#records.get(dispute) ?? (await this.#chain.anchoredRecord(epoch));
    if (record !== undefined) this.#records.set(dispute, record);
    return record;
  }

  /** Transactions of the newest anchored epochs that are not known to be final, by epoch. */
  #open(epochs: readonly EpochSummary[]): ReadonlyMap<number, Hash> {
    const open = new Map<number, Hash>();
    for (const { epoch, anchor } of epochs.toSorted((a, b) => b.epoch - a.epoch).slice(0, LOOKED_EPOCHS)) {
      if (anchor.state !== "anchored" || this.#final.has(anchor.transaction)) continue;
      open.set(epoch, anchor.transaction);
    }
    return open;
  }

  async #seenDispute(
    dispute: ChainDispute,
    challenges: ReadonlyMap<number, Challenge>,
  ): Promise<SeenDispute> {
    const { status, epoch } = dispute;
    const standing = challenges.get(epoch)?.anchored;
    if (isOpen(status) && standing !== undefined) this.#records.set(dispute.dispute, standing);
    // Jurors have seats once they are drawn, and pay when their ruling has won.
    const hasJury = status === "ruling" || status === "upheld" || status === "overturned";
    const none = { seats: 0, dueWei: 0n };
    const { seats, dueWei } = hasJury ? await this.#chain.jurorOf(dispute.dispute, this.#juror) : none;
    const record = isOpen(status) ? await this.recordOf(dispute) : this.#records.get(dispute.dispute);
    return { ...dispute, ownSeats: seats, dueWei, record };
  }
}

function isOpen(status: ChainDispute["status"]): boolean {
  return status === "drawing" || status === "ruling";
}
