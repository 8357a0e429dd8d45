import type { NodeId } from "../../core/primitives.ts";
import type {
  ChainDispute,
  Challenge,
  DisputeTerms,
  Evidence,
  Sentence,
} from "../../ports/chain-disputes.ts";
import type { Observable } from "../observable.ts";

export type { ChainDispute, Challenge, DisputeTerms } from "../../ports/chain-disputes.ts";

/** Whether an anchored root is what this node itself has computed for the epoch. */
export type OwnFinding = "same" | "other" | "unknown";

/** What its person can do about a dispute now. "rule" is by this node's own finding, and nothing else. */
export type DisputeAct = "draw" | "rule" | "close" | "collect";

export interface ShownDispute extends ChainDispute {
  readonly finding: OwnFinding;
  /** What the disputer wrote; undefined while nobody has shown it. */
  readonly reasonText?: string;
  /** Of this node. */
  readonly ownSeats: number;
  /** This node's ruling of this stage is on the chain. */
  readonly hasRuled: boolean;
  /** A juror's pay that this node could collect. */
  readonly dueWei: bigint;
  readonly acts: readonly DisputeAct[];
}

export interface ShownChallenge extends Challenge {
  readonly finding: OwnFinding;
}

/** What this node holds against another, and the contract would punish now. */
export interface ShownEvidence extends Sentence {
  readonly id: string;
  readonly offence: Evidence["offence"];
  readonly nodeId: NodeId;
  readonly epoch: number;
}

export interface DisputesState {
  /** Absent until the chain has been read. */
  readonly terms?: DisputeTerms;
  /** Of anchored epochs that are not final, by epoch. */
  readonly challenges: ReadonlyMap<number, ShownChallenge>;
  /** The newest first. */
  readonly disputes: readonly ShownDispute[];
  readonly evidence: readonly ShownEvidence[];
}

export type DisputeRequest =
  | { readonly act: "open"; readonly epoch: number; readonly reason: string }
  | { readonly act: DisputeAct; readonly dispute: number }
  /** `evidence`: the id of what is shown. */
  | { readonly act: "report"; readonly evidence: string };

export interface DisputeService {
  readonly state: Observable<DisputesState>;
  /**
   * Through the connected wallet. Errors: wallet-needed and the wallet's; not-anchored; finding-unknown (this node has not
   * computed that epoch, so it rules nothing); dispute-reason; evidence-gone.
   */
  act(request: DisputeRequest): Promise<void>;
}
