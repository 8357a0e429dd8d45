/** One epoch's bookkeeping: what was taken from stakes, what was minted, what the pool paid; closed into the next ledger. */
import { compareText } from "../bytes.ts";
import { sortedEntries } from "../codec/sorted-map.ts";
import { leastWei, mulDivWei } from "../fixed-point/integers.ts";
import type { Cid, NodeId } from "../primitives.ts";
import type { Charge, ChargeReason, Payment, PendingPayment, State } from "../state.ts";
import type { ExplainedCharge, ExplainedPayment, Explanations, PaymentWhy } from "./explain.ts";

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

/** A closed epoch's books. */
export interface ClosedBooks {
  readonly ledger: Ledger;
  /** What is due with this epoch, earlier pay that was held back included. */
  readonly payments: readonly Payment[];
  readonly charges: readonly Charge[];
  readonly explanations: Explanations;
}

/**
 * Order of calls matters only where stakes or the pool run out; every caller goes through sorted lists.
 * Nothing in it can become negative, and no charge takes more than the stake.
 */
export class Books {
  readonly #context: BooksContext;
  readonly #chargedWei: Map<NodeId, bigint>;
  readonly #charges: ExplainedCharge[] = [];
  readonly #paid: ExplainedPayment[] = [];
  readonly #minted: ExplainedPayment[] = [];
  readonly #escrowed: ExplainedPayment[] = [];
  readonly #cancelled = new Set<Cid>();
  readonly #withheld = new Set<Cid>();
  #poolWei: bigint;

  constructor(context: BooksContext) {
    this.#context = context;
    this.#chargedWei = new Map(context.state.chargedWei);
    this.#poolWei = context.state.poolWei;
  }

  get poolWei(): bigint {
    return this.#poolWei;
  }

  /** What charges have left of a node's stake so far. */
  stakeLeftWei(nodeId: NodeId): bigint {
    const leftWei = this.#context.stakeOf(nodeId) - (this.#chargedWei.get(nodeId) ?? 0n);
    return leftWei > 0n ? leftWei : 0n;
  }

  /** Takes from a node's stake into the pool, at most what is left of it. Returns what was taken. */
  charge(nodeId: NodeId, reason: ChargeReason, source: Cid | null, wishedWei: bigint): bigint {
    return this.#take(nodeId, reason, source, wishedWei, null);
  }

  /** The same of a share of the node's stake in the registry. */
  slash(nodeId: NodeId, reason: ChargeReason, source: Cid | null, sharePpm: number): bigint {
    const wishedWei = mulDivWei(this.#context.stakeOf(nodeId), BigInt(sharePpm), 1_000_000n);
    return this.#take(nodeId, reason, source, wishedWei, sharePpm);
  }

  #take(
    nodeId: NodeId,
    reason: ChargeReason,
    source: Cid | null,
    askedWei: bigint,
    sharePpm: number | null,
  ): bigint {
    const leftWei = this.stakeLeftWei(nodeId);
    const amountWei = leastWei(askedWei, leftWei);
    if (amountWei <= 0n) return 0n;
    this.#chargedWei.set(nodeId, (this.#chargedWei.get(nodeId) ?? 0n) + amountWei);
    this.#poolWei += amountWei;
    const stakeWei = this.#context.stakeOf(nodeId);
    this.#charges.push({
      charge: { nodeId, reason, source, amountWei },
      stakeWei,
      sharePpm,
      askedWei,
      leftWei,
    });
    return amountWei;
  }

  /** Pays from the pool, at most what is in it. Returns what was paid. */
  pay(payment: Payment, why: PaymentWhy = settled(payment)): bigint {
    const poolWei = this.#poolWei;
    const amountWei = leastWei(payment.amountWei, poolWei);
    if (amountWei <= 0n) return 0n;
    this.#poolWei -= amountWei;
    const dueInEpoch = this.#context.epoch;
    this.#paid.push({ payment: { ...payment, amountWei }, dueInEpoch, why, poolWei });
    return amountWei;
  }

  /** New tokens, paid by the epoch `dueInEpoch`: now when that is this one. */
  mint(payment: Payment, dueInEpoch: number, why: PaymentWhy = settled(payment)): void {
    if (payment.amountWei > 0n) this.#minted.push({ payment, dueInEpoch, why, poolWei: null });
  }

  /** Puts aside from the pool, at most what is in it, what a later epoch pays or cancels: a bond. */
  escrow(payment: Payment, dueInEpoch: number, why: PaymentWhy = settled(payment)): void {
    const poolWei = this.#poolWei;
    const amountWei = leastWei(payment.amountWei, poolWei);
    if (amountWei <= 0n) return;
    this.#poolWei -= amountWei;
    this.#escrowed.push({ payment: { ...payment, amountWei }, dueInEpoch, why, poolWei });
  }

  /** What earlier epochs held back for this source goes to the pool now: a dispute overturned it. Returns how much. */
  cancel(source: Cid): bigint {
    if (this.#cancelled.has(source)) return 0n;
    this.#cancelled.add(source);
    const amountWei = sumWei(this.#context.state.pending.filter((payment) => payment.source === source));
    this.#poolWei += amountWei;
    return amountWei;
  }

  /** What is held back for this source is not paid in this epoch, even if it is due: a dispute is open. */
  withhold(source: Cid): void {
    this.#withheld.add(source);
  }

  close(): ClosedBooks {
    const { state, epoch } = this.#context;
    const isCancelled = ({ source }: Payment) => source !== null && this.#cancelled.has(source);
    const isDue = ({ dueInEpoch, payment: { source } }: ExplainedPayment) =>
      dueInEpoch <= epoch && (source === null || !this.#withheld.has(source));
    const cancelled = state.pending.filter(isCancelled);
    const earlier = state.pending.filter((payment) => !isCancelled(payment));
    const kept = [...earlier.map((payment) => this.#released(payment)), ...this.#minted, ...this.#escrowed];
    const due = [...this.#paid, ...kept.filter(isDue)];
    const later = kept.filter((held) => !isDue(held));
    const balancesDue = new Map(state.balancesDue);
    for (const { payment } of due) {
      balancesDue.set(payment.account, (balancesDue.get(payment.account) ?? 0n) + payment.amountWei);
    }
    const ledger: Ledger = {
      balancesDue: new Map(sortedEntries(balancesDue)),
      issuedWei: state.issuedWei + sumWei(this.#minted.map(({ payment }) => payment)),
      chargedWei: new Map(sortedEntries(this.#chargedWei)),
      poolWei: this.#poolWei,
      pending: later.map(pendingOf).sort(byDue),
      microRewards: state.microRewards,
      requests: state.requests,
    };
    const stillHeld = later.filter(({ why }) => why.kind !== "released");
    return {
      ledger,
      payments: due.map(({ payment }) => payment),
      charges: this.#charges.map(({ charge }) => charge),
      explanations: { payments: [...due, ...stillHeld], charges: this.#charges, cancelled },
    };
  }

  #released({ dueInEpoch, ...payment }: PendingPayment): ExplainedPayment {
    const { source, amountWei } = payment;
    const earnedInEpoch = source === null ? null : (this.#context.state.verdicts.get(source)?.epoch ?? null);
    const messages = source === null ? [] : [source];
    const why: PaymentWhy = { kind: "released", heldWei: amountWei, earnedInEpoch, messages };
    return { payment, dueInEpoch, why, poolWei: null };
  }
}

function settled({ source, amountWei }: Payment): PaymentWhy {
  return { kind: "settled", wishedWei: amountWei, messages: source === null ? [] : [source] };
}

function pendingOf({ payment, dueInEpoch }: ExplainedPayment): PendingPayment {
  return { ...payment, dueInEpoch };
}

function sumWei(payments: readonly Payment[]): bigint {
  return payments.reduce((sum, { amountWei }) => sum + amountWei, 0n);
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
