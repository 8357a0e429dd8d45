import { keccak_256 } from "@noble/hashes/sha3.js";
import { bigEndian, bytesToHex, concatBytes, equalBytes, hexToBytes } from "../../../src/core/bytes.ts";
import { signingWei } from "../../../src/core/chain-types.ts";
import { encodeCbor } from "../../../src/core/codec/dag-cbor.ts";
import { juryRulingDigest } from "../../../src/core/disputes/jury-ruling.ts";
import type { GenesisChain } from "../../../src/core/genesis.ts";
import { LIMITS } from "../../../src/core/limits.ts";
import type { Address, Hash, NodeId } from "../../../src/core/primitives.ts";
import type { AnchoredRoot } from "../../../src/ports/anchor-rewards.ts";
import type { StakeEntry } from "../../../src/ports/chain.ts";
import type {
  ChainDispute,
  DisputeStep,
  DisputeTerms,
  Evidence,
  Juror,
  JuryRulingName,
  Sentence,
} from "../../../src/ports/chain-disputes.ts";
import { reverted, signerOf } from "./anchors.ts";
import { MemoryEvidence, type Punishment } from "./evidence.ts";

const DRAW_DELAY_BLOCKS = 4;
const LAST_STAGE = 2;
const PPM = 1_000_000n;
const JURY_PPM = 300_000n;

export const TERMS: DisputeTerms = {
  bondWei: 10n ** 19n,
  drawMs: 60_000,
  rulingMs: 60_000,
  jurySeats: 5,
  expiryPpm: 100_000,
};

/** What disputes see of their chain. */
export interface DisputeGround {
  readonly contracts: Pick<GenesisChain, "chainId" | "disputes" | "epochAnchor">;
  nowMs(): number;
  /** Of the newest block; what is sent now goes into the next one. */
  headNumber(): number;
  blockHash(blockNumber: number): Hash;
  stakesAt(blockNumber: number): readonly StakeEntry[];
  balanceWei(account: Address): bigint;
  /** As it stands, and when it was anchored. */
  anchored(epoch: number): { readonly record: AnchoredRoot; readonly atMs: number } | undefined;
  isFinal(epoch: number): boolean;
}

/** What a step does to the books. */
interface Outcome {
  readonly next?: Kept;
  readonly payments: readonly (readonly [Address, bigint])[];
  /** The root, and all that build on it, are gone. */
  readonly overturned?: number;
  readonly punished?: Punishment;
}

interface Kept extends ChainDispute {
  readonly anchored: AnchoredRoot;
  readonly anchoredAtMs: number;
  readonly snapshotBlock: number;
  readonly seed: Uint8Array | undefined;
  /** By stage and operator; deleted when the juror is paid. */
  readonly rulings: ReadonlyMap<string, JuryRulingName>;
  readonly potWei: bigint;
}

/** The Disputes contract over maps: no evidence about commits, no demands, and senders of roots have no bonds. */
export class MemoryDisputes {
  #kept: readonly Kept[] = [];
  readonly #ground: DisputeGround;
  readonly #evidence: MemoryEvidence;

  constructor(ground: DisputeGround) {
    this.#ground = ground;
    this.#evidence = new MemoryEvidence(ground, () =>
      this.#kept.filter(({ status }) => status === "overturned").map(({ anchored }) => anchored.root),
    );
  }

  /** The newest first. */
  list(): readonly ChainDispute[] {
    return this.#kept.map(shown).reverse().slice(0, LIMITS.listedDisputes);
  }

  juror(dispute: number, juror: Juror): { readonly seats: number; readonly dueWei: bigint } {
    const found = this.#kept[dispute - 1];
    if (found === undefined) return { seats: 0, dueWei: 0n };
    return { seats: this.#seatsOf(found, juror.operator), dueWei: this.#dueWei(found, juror) };
  }

  sentenceOf(evidence: Evidence): Sentence | undefined {
    return this.#evidence.sentenceOf(evidence);
  }

  /** Whether one is open about the epoch or about one before it. */
  holdsUp(epoch: number): boolean {
    return this.#kept.some((one) => isOpen(one) && one.epoch <= epoch && this.#stillStands(one));
  }

  /** Errors: reverted. */
  check(account: Address, step: DisputeStep): void {
    this.#outcomeOf(account, step);
  }

  /** What it costs and pays, and how it is undone. */
  apply(account: Address, step: DisputeStep): Omit<Outcome, "next"> & { readonly undo: () => void } {
    const before = this.#kept;
    const { next, ...outcome } = this.#outcomeOf(account, step);
    const index = (next?.dispute ?? 0) - 1;
    if (next !== undefined) this.#kept = [...before.slice(0, index), next, ...before.slice(index + 1)];
    const forget = outcome.punished && this.#evidence.remember(outcome.punished);
    return {
      ...outcome,
      undo: () => {
        this.#kept = before;
        forget?.();
      },
    };
  }

  #outcomeOf(account: Address, step: DisputeStep): Outcome {
    if (step.step === "open") return this.#open(account, step);
    if (step.step === "report") {
      const punished = this.#evidence.judge(step.evidence);
      return { payments: [[account, punished.bountyWei]], punished };
    }
    const found = this.#kept[step.dispute - 1];
    if (found === undefined) throw reverted("WrongStatus");
    switch (step.step) {
      case "draw":
        return { next: this.#drawn(found), payments: [] };
      case "rule":
        return { next: this.#ruled(found, step), payments: [] };
      case "close":
        return this.#closed(found, step.anchored);
      case "collect":
        return this.#collected(found, step);
    }
  }

  #open(disputer: Address, { anchored, reason }: Extract<DisputeStep, { step: "open" }>): Outcome {
    const { balanceWei } = this.#ground;
    const epoch = anchored.root.epoch;
    const standing = this.#ground.anchored(epoch);
    if (standing === undefined || !isSame(standing.record, anchored)) throw reverted("NotAnchored");
    if (this.#ground.isFinal(epoch)) throw reverted("AlreadyFinal");
    if (balanceWei(disputer) < TERMS.bondWei) throw reverted("ERC20InsufficientBalance");
    const opened = {
      dispute: this.#kept.length + 1,
      epoch,
      disputer,
      reason,
      anchored,
      anchoredAtMs: standing.atMs,
      snapshotBlock: this.#ground.headNumber(),
      rulings: new Map(),
      potWei: 0n,
    };
    return { next: { ...opened, ...this.#awaited(1) }, payments: [[disputer, -TERMS.bondWei]] };
  }

  #awaited(stage: number) {
    return {
      status: "drawing",
      stage,
      seed: undefined,
      seats: { uphold: 0, overturn: 0, deeper: 0 },
      drawBlock: this.#ground.headNumber() + 1 + DRAW_DELAY_BLOCKS,
      deadlineMs: this.#ground.nowMs() + TERMS.drawMs,
    } as const;
  }

  #drawn(awaited: Kept): Kept {
    const nowMs = this.#ground.nowMs();
    if (awaited.status !== "drawing") throw reverted("WrongStatus");
    if (nowMs > awaited.deadlineMs) throw reverted("IsOver");
    if (this.#ground.headNumber() + 1 <= awaited.drawBlock) throw reverted("NotDrawableYet");
    const beacon = hexToBytes(this.#ground.blockHash(awaited.drawBlock));
    const seed = keccak_256(
      concatBytes(beacon, bigEndian(awaited.dispute, 32), bigEndian(awaited.stage, 32)),
    );
    return { ...awaited, seed, status: "ruling", deadlineMs: nowMs + TERMS.rulingMs };
  }

  #ruled(judged: Kept, { ruling, signatures }: Extract<DisputeStep, { step: "rule" }>): Kept {
    if (judged.status !== "ruling") throw reverted("WrongStatus");
    if (this.#ground.nowMs() > judged.deadlineMs) throw reverted("IsOver");
    if (ruling === "deeper" && judged.stage === LAST_STAGE) throw reverted("InvalidRuling");
    const { dispute, stage } = judged;
    const digest = juryRulingDigest(this.#ground.contracts, { dispute, stage, ruling });
    const rulings = new Map(judged.rulings);
    let seats = 0;
    let previous = "";
    for (const signature of signatures) {
      const operator = signerOf(digest, signature);
      if (operator === undefined || operator <= previous) throw reverted("SignersNotAscending");
      previous = operator;
      const own = this.#seatsOf(judged, operator);
      if (own === 0) throw reverted("NotOnJury");
      if (rulings.has(`${stage} ${operator}`)) continue;
      rulings.set(`${stage} ${operator}`, ruling);
      seats += own;
    }
    return { ...judged, rulings, seats: { ...judged.seats, [ruling]: judged.seats[ruling] + seats } };
  }

  #closed(judged: Kept, anchored: AnchoredRoot): Outcome {
    if (!isSame(judged.anchored, anchored)) throw reverted("AnchoredMismatch");
    const status = this.#statusAfter(judged);
    if (status === "drawing") return { next: { ...judged, ...this.#awaited(LAST_STAGE) }, payments: [] };
    const { bondWei, expiryPpm } = TERMS;
    const lostWei =
      status === "upheld" ? bondWei : status === "expired" ? (bondWei * BigInt(expiryPpm)) / PPM : 0n;
    const potWei = status === "expired" ? 0n : (lostWei * JURY_PPM) / PPM;
    return {
      next: { ...judged, status, potWei },
      payments: [[judged.disputer, bondWei - lostWei]],
      ...(status === "overturned" ? { overturned: judged.epoch } : {}),
    };
  }

  #statusAfter(judged: Kept): ChainDispute["status"] {
    if (!isOpen(judged)) throw reverted("WrongStatus");
    if (!this.#stillStands(judged)) return "moot";
    const isOver = this.#ground.nowMs() > judged.deadlineMs;
    if (judged.status === "ruling") {
      const { uphold, overturn, deeper } = judged.seats;
      const seats = TERMS.jurySeats * judged.stage;
      if (overturn > uphold && overturn * 3 >= seats * 2) return "overturned";
      if (uphold * 3 >= seats * 2) return "upheld";
      if (judged.stage < LAST_STAGE && (isOver || deeper * 3 >= seats)) return "drawing";
    }
    if (!isOver) throw reverted("NotOver");
    return "expired";
  }

  #collected(closed: Kept, juror: Juror): Outcome {
    const rulings = new Map(closed.rulings);
    const amountWei = this.#payOf(closed, juror);
    const { account } = this.#staker(closed, juror);
    rulings.delete(`${closed.stage} ${juror.operator}`);
    return { next: { ...closed, rulings }, payments: [[account, amountWei]] };
  }

  #dueWei(closed: Kept, juror: Juror): bigint {
    try {
      return this.#payOf(closed, juror);
    } catch {
      return 0n;
    }
  }

  #payOf(closed: Kept, juror: Juror): bigint {
    const right = RIGHT.get(closed.status);
    if (right === undefined) throw reverted("WrongStatus");
    if (closed.rulings.get(`${closed.stage} ${juror.operator}`) !== right) throw reverted("NothingToCollect");
    this.#staker(closed, juror);
    return (closed.potWei * BigInt(this.#seatsOf(closed, juror.operator))) / BigInt(closed.seats[right]);
  }

  #staker({ snapshotBlock }: Kept, { operator, nodeId }: Juror): { account: Address; nodeId: NodeId } {
    const entry = this.#ground.stakesAt(snapshotBlock).find((one) => one.nodeId === nodeId);
    if (entry?.operator !== operator) throw reverted("NotTheOperator");
    return entry;
  }

  #stillStands({ epoch, anchored, anchoredAtMs }: Kept): boolean {
    const standing = this.#ground.anchored(epoch);
    return standing !== undefined && standing.atMs === anchoredAtMs && isSame(standing.record, anchored);
  }

  /** A share of the seats by stake; the fraction by lot. */
  #seatsOf({ seed, stage, snapshotBlock }: Kept, operator: Address): number {
    if (seed === undefined) return 0;
    const entries = this.#ground.stakesAt(snapshotBlock);
    const own = entries.find((one) => one.operator === operator);
    if (own === undefined) return 0;
    const totalWei = entries.reduce((sum, one) => sum + signingWei(one), 0n);
    const share = BigInt(TERMS.jurySeats * stage) * signingWei(own);
    const lot = BigInt(`0x${bytesToHex(keccak_256(concatBytes(seed, bigEndian(BigInt(operator), 32))))}`);
    return Number(share / totalWei) + (lot % totalWei < share % totalWei ? 1 : 0);
  }
}

/** What a juror must have ruled to be paid. */
const RIGHT: ReadonlyMap<ChainDispute["status"], JuryRulingName> = new Map([
  ["upheld", "uphold"],
  ["overturned", "overturn"],
]);

function isOpen({ status }: ChainDispute): boolean {
  return status === "drawing" || status === "ruling";
}

function isSame(a: AnchoredRoot, b: AnchoredRoot): boolean {
  return equalBytes(encodeCbor(a), encodeCbor(b));
}

function shown({
  anchored: _,
  anchoredAtMs: _at,
  snapshotBlock: _block,
  seed: _seed,
  rulings: _rulings,
  potWei: _pot,
  ...dispute
}: Kept): ChainDispute {
  return dispute;
}
