import type { EpochRoot } from "../core/chain-types.ts";
import type { JuryRuling, JuryRulingName } from "../core/disputes/jury-ruling.ts";
import type { Address, Hash, Hex, NodeId } from "../core/primitives.ts";
import type { AnchoredRoot } from "./anchor-rewards.ts";

export type { JuryRuling, JuryRulingName } from "../core/disputes/jury-ruling.ts";

/** How long an anchored root can be disputed. */
export interface Challenge {
  readonly untilMs: number;
  /** Its time is over and nothing holds it up: it is never replaced. */
  readonly isFinal: boolean;
  /** A dispute about it, or about an epoch before it, is open. */
  readonly isHeldUp: boolean;
  readonly anchored: AnchoredRoot;
}

/** What a dispute costs, and how long its steps may take. */
export interface DisputeTerms {
  readonly bondWei: bigint;
  readonly drawMs: number;
  readonly rulingMs: number;
  /** On average; a deeper audit has twice as many. */
  readonly jurySeats: number;
  /** Of the bond: lost when no jury comes to a ruling. */
  readonly expiryPpm: number;
}

export type DisputeStatus = "drawing" | "ruling" | "upheld" | "overturned" | "expired" | "moot";

export interface ChainDispute {
  /** Counted from 1. */
  readonly dispute: number;
  readonly epoch: number;
  readonly status: DisputeStatus;
  /** 1, or 2 for a deeper audit. */
  readonly stage: number;
  /** Of the drawing, then of the ruling. */
  readonly deadlineMs: number;
  /** The jury can be drawn by a block after this one. */
  readonly drawBlock: number;
  readonly disputer: Address;
  /** sha2-256 digest of what the disputer found. */
  readonly reason: Hash;
  /** Seats whose jurors have ruled so. */
  readonly seats: Readonly<Record<JuryRulingName, number>>;
}

export interface Juror {
  readonly operator: Address;
  readonly nodeId: NodeId;
}

/** An operator's signature (65 bytes) under a root. */
export interface SignedRoot {
  readonly root: EpochRoot;
  readonly signature: Hex;
}

/** What the contract judges at once. The node is the one whose operator signed, at the snapshot block of the (first) root. */
export type Evidence =
  /** Two roots of one epoch, none of which a jury has overturned. */
  | {
      readonly offence: "two-roots";
      readonly nodeId: NodeId;
      readonly first: SignedRoot;
      readonly second: SignedRoot;
    }
  /** A root that a jury has overturned. */
  | { readonly offence: "refuted-root"; readonly nodeId: NodeId; readonly signed: SignedRoot };

/** What reporting evidence does: to the node's own stake as it is now, and to who reports it. */
export interface Sentence {
  readonly lossWei: bigint;
  readonly bountyWei: bigint;
}

export interface DisputeReads {
  /** As it stands; undefined when the epoch is not anchored. */
  anchoredRecord(epoch: number): Promise<AnchoredRoot | undefined>;
  /** Of those that are anchored, by epoch; all as they were at one block. */
  challengesOf(epochs: readonly number[]): Promise<ReadonlyMap<number, Challenge>>;
  disputeTerms(): Promise<DisputeTerms>;
  /** Open and closed ones, the newest first, at most LIMITS.listedDisputes. */
  disputes(): Promise<readonly ChainDispute[]>;
  /** Seats on the jury as it is drawn, and what the juror could collect now. */
  jurorOf(dispute: number, juror: Juror): Promise<{ readonly seats: number; readonly dueWei: bigint }>;
  /** Undefined when the contract would refuse it: it proves nothing, was punished before, or nothing is left to take. */
  sentenceOf(evidence: Evidence): Promise<Sentence | undefined>;
}

/** What anyone can do about an anchored root, one transaction each (opening: with the approval of the bond, two). */
export type DisputeStep =
  | { readonly step: "open"; readonly anchored: AnchoredRoot; readonly reason: Hash }
  | { readonly step: "draw"; readonly dispute: number }
  | {
      readonly step: "rule";
      readonly dispute: number;
      readonly ruling: JuryRulingName;
      /** Of Operator.signRuling, ascending by their operators. */
      readonly signatures: readonly Hex[];
    }
  | { readonly step: "close"; readonly dispute: number; readonly anchored: AnchoredRoot }
  | ({ readonly step: "collect"; readonly dispute: number } & Juror)
  | { readonly step: "report"; readonly evidence: Evidence };

/** An operator's word as a juror. */
export interface RulingSigner {
  /** 65-byte signature over the EIP-712 digest of the ruling. */
  signRuling(ruling: JuryRuling): Promise<Hex>;
}
