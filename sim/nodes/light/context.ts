import type { RegistrySnapshot } from "../../../src/core/chain-types.ts";
import type { EpochContext } from "../../../src/core/epoch/context.ts";
import type { Bodies, Kind } from "../../../src/core/messages/kinds.ts";
import type { TypedMessage } from "../../../src/core/messages/message.ts";
import type { Cid, ReportedMetrics } from "../../../src/core/primitives.ts";
import type { Adversary, AdversaryView } from "../../adversaries/adversary.ts";
import type { NodeClock } from "../../engine/node-clock.ts";
import type { NodeHead, NodePlan, Surroundings } from "../node.ts";
import type { LightLog } from "./log.ts";
import type { Tallies } from "./tallies.ts";

/** A packed delta on its way through an epoch. */
export interface PendingDelta {
  readonly epoch: number;
  readonly bundleCid: Cid;
  readonly saltHex: string;
  readonly baseModelVersion: Cid;
  readonly reported: ReportedMetrics;
}

/** What every duty of a light node works with. Duties are functions of it; what changes stands at the end. */
export interface LightContext {
  readonly surroundings: Surroundings;
  readonly plan: NodePlan;
  readonly clock: NodeClock;
  readonly log: LightLog;
  readonly tallies: Tallies;
  readonly adversary: Adversary;
  readonly view: AdversaryView;
  /** Signs, keeps and sends what the adversary makes of this body; undefined when it says nothing. */
  say<K extends Kind>(kind: K, body: Bodies[K]): TypedMessage<K> | undefined;
  /** Stakes that count in an epoch: the chain's, or those of the last epoch when the chain is away. */
  registryAt(epoch: number): RegistrySnapshot;
  contextOf(epoch: number): EpochContext;
  /** After this much of the node's own time. */
  later(delayMs: number, task: () => void): void;
  /** Asks neighbours for what is missing, not more often than the app does. */
  askForMissing(): void;
  /** Asks for messages by CID that log sync has not brought; those that come are held beside the logs. */
  fetch(cids: readonly Cid[]): void;
  adopt(head: NodeHead): void;
  head: NodeHead;
  pending: PendingDelta | undefined;
  /** Undated messages that a certified set has taken in. */
  readonly taken: Set<Cid>;
  /** Latest epoch that it has signed a root of; −1 for none. Kept on disk, as every vote is. */
  signedEpoch: number;
}
