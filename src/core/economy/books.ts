/** One epoch's bookkeeping: what was taken from stakes, what was minted, what the pool paid; closed into the next ledger. */
import { compareText } from "../bytes.ts";
import { sortedEntries } from "../codec/sorted-map.ts";
import { mulDivWei } from "../fixed-point/integers.ts";
import type { Cid, NodeId } from "../primitives.ts";
import type { Charge, ChargeReason, Payment, PendingPayment, State } from "../state.ts";

export type Ledger = Pick<
  State,
  "balancesDue" | "issuedWei" | "chargedWei" | "poolWei" | "pending" | "microRewards" | "requests"
>;

/** What the books need to know of an epoch. */
export interface BooksContext {
  readonly state: State;
  readonly epoch: number;
  /** The stake in the registry, before charges; 0 when there is none. */
  stakeOf(nodeId: NodeId): bigint;
}

/** Order of calls matters only where stakes or the pool run out; every caller goes through sorted lists. */
export class Books {
  readonly #context: BooksContext;
  readonly #chargedWei: Map<NodeId, bigint>;
  readonly #charges: Charge[] = [];
  readonly #payments: Payment[] = [];
  readonly #held: PendingPayment[];
  readonly #cancelled = new Set<Cid>();
  #poolWei: bigint;
  #mintedWei = 0n;

  constructor(context: BooksContext) {
    this.#context = context;
    this.#chargedWei = new Map(context.state.chargedWei);
    this.#poolWei = context.state.poolWei;
    this.#held = [...context.state.pending];
  }

  get poolWei(): bigint {
    return this.#poolWei;
  }

  /** Takes from a node's stake into the pool, at most what is left of it. Returns what was taken. */
  charge(nodeId: NodeId, reason: ChargeReason, source: Cid | null, wishedWei: bigint): bigint {
    const before = this.#chargedWei.get(nodeId) ?? 0n;
    const leftWei = this.#context.stakeOf(nodeId) - before;
    const amountWei = wishedWei < leftWei ? wishedWei : leftWei;
    if (amountWei <= 0n) return 0n;
    this.#chargedWei.set(nodeId, before + amountWei);
    this.#poolWei += amountWei;
    this.#charges.push({ nodeId, reason, source, amountWei });
    return amountWei;
  }

  /** The same of a share of the node's stake in the registry. */
  slash(nodeId: NodeId, reason: ChargeReason, source: Cid | null, sharePpm: number): bigint {
    const wishedWei = mulDivWei(this.#context.stakeOf(nodeId), BigInt(sharePpm), 1_000_000n);
    return this.charge(nodeId, reason, source, wishedWei);
  }

  /** Pays from the pool, at most what is in it. Returns what was paid. */
  pay(payment: Payment): bigint {
    const amountWei = payment.amountWei < this.#poolWei ? payment.amountWei : this.#poolWei;
    if (amountWei <= 0n) return 0n;
    this.#poolWei -= amountWei;
    this.#payments.push({ ...payment, amountWei });
    return amountWei;
  }

  /** New tokens, paid by the epoch `dueInEpoch`: now when that is this one. */
  mint(payment: Payment, dueInEpoch: number): void {
    if (payment.amountWei <= 0n) return;
    this.#mintedWei += payment.amountWei;
    this.#held.push({ ...payment, dueInEpoch });
  }

  /** What is held back for this source goes to the pool: a dispute overturned it. */
  cancel(source: Cid): void {
    this.#cancelled.add(source);
  }

  close(): {
    readonly ledger: Ledger;
    readonly payments: readonly Payment[];
    readonly charges: readonly Charge[];
  } {
    const { state, epoch } = this.#context;
    const pending: PendingPayment[] = [];
    const payments = [...this.#payments];
    for (const held of this.#held) {
      const { dueInEpoch, ...payment } = held;
      if (held.source !== null && this.#cancelled.has(held.source)) this.#poolWei += held.amountWei;
      else if (dueInEpoch <= epoch) payments.push(payment);
      else pending.push(held);
    }
    const balancesDue = new Map(state.balancesDue);
    for (const { account, amountWei } of payments) {
      balancesDue.set(account, (balancesDue.get(account) ?? 0n) + amountWei);
    }
    const ledger: Ledger = {
      balancesDue: new Map(sortedEntries(balancesDue)),
      issuedWei: state.issuedWei + this.#mintedWei,
      chargedWei: new Map(sortedEntries(this.#chargedWei)),
      poolWei: this.#poolWei,
      pending: pending.sort(byDue),
      microRewards: state.microRewards,
      requests: state.requests,
    };
    return { ledger, payments, charges: this.#charges };
  }
}

function byDue(a: PendingPayment, b: PendingPayment): number {
  return (
    a.dueInEpoch - b.dueInEpoch ||
    compareText(a.account, b.account) ||
    compareText(a.reason, b.reason) ||
    compareText(a.source ?? "", b.source ?? "") ||
    compareText(a.nodeId ?? "", b.nodeId ?? "")
  );
}
