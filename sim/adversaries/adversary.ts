/**
 * What somebody who cheats can do. An adversary sits in an otherwise honest light node: the node does all duties as an
 * honest one would, and asks the adversary at every step what to do instead. So an adversary's file holds its trick and
 * nothing else, and one without tricks is an honest node.
 */
import type { RegistrySnapshot } from "../../src/core/chain-types.ts";
import type { Genesis, TimedPhase } from "../../src/core/genesis.ts";
import type { Identity } from "../../src/core/identity.ts";
import type { Bodies, Kind } from "../../src/core/messages/kinds.ts";
import type { Message, TypedMessage } from "../../src/core/messages/message.ts";
import type { Adapter, Cid, Delta, Hash, NodeId, ReportedMetrics } from "../../src/core/primitives.ts";
import type { State } from "../../src/core/state.ts";
import type { SeededRandom } from "../adapters/random.ts";

/** A moment of an epoch by the node's own clock. */
export interface Moment {
  readonly epoch: number;
  readonly phase: TimedPhase;
}

/** Where a message stands in its author's log, for those who want to stand somewhere else than at the end. */
export interface LogPlace {
  readonly sequence: number;
  readonly previous: Cid | null;
}

/** What an adversary sees and can do. Everything here is what the node itself knows: nobody looks into others. */
export interface AdversaryView {
  readonly genesis: Genesis;
  readonly identity: Identity;
  /** All nodes of the same adversary in the scenario, this one included, in order. */
  readonly gang: readonly NodeId[];
  /** The same object for all of the gang: colluders agree here without the network seeing it. */
  readonly board: Map<string, string>;
  /** The node's own; the same seed gives the same attack. */
  readonly random: SeededRandom;
  nowMs(): number;
  /** Last certified state that this node follows, its root, and the adapter that the network answers with. */
  state(): State;
  root(): Hash;
  adapter(): Adapter;
  /** Stakes that count in an epoch, as the node sees them. */
  registry(epoch: number): RegistrySnapshot;
  neighbours(): readonly NodeId[];
  /** Messages of one kind about one epoch that have arrived here, in the order of their arrival. */
  held<K extends Kind>(epoch: number, kind: K): readonly TypedMessage<K>[];
  /** A block by CID, from whoever has it and can be reached; undefined when nobody is. */
  artifact(cid: Cid): Uint8Array | undefined;
  putArtifact(bytes: Uint8Array): Cid;
  /** What an honest node would train now on data of its own. */
  train(seed: number): Delta;
  /** The current version with this delta on the benchmark. */
  measure(delta: Delta): ReportedMetrics;
  /**
   * Signs with this node's key and keeps the message in its own log, without sending it. With a place, the log is left
   * as it is: that makes equivocations.
   */
  sign<K extends Kind>(kind: K, body: Bodies[K], place?: LogPlace, timestampMs?: number): TypedMessage<K>;
  /** Where its next message will stand. */
  nextPlace(): LogPlace;
  /** Sends a message (anybody's) to neighbours, all of them by default. Others are not reached. */
  send(message: Message | TypedMessage<Kind>, to?: readonly NodeId[]): void;
  /** Bytes that need be no message at all. */
  sendBytes(kind: Kind, bytes: Uint8Array, to?: readonly NodeId[]): void;
  /** Runs once after this much of the node's time, while it is awake. */
  later(delayMs: number, task: () => void): void;
}

/** What it says instead of what an honest node would say; null says nothing. Absent: the honest body. */
export type Speech = {
  readonly [K in Kind]?: (body: Bodies[K], view: AdversaryView) => Bodies[K] | null;
};

export interface Adversary {
  /** Called as each phase begins, after the honest duties of that moment have been done. */
  readonly onPhase?: (moment: Moment, view: AdversaryView) => void;
  /** Called with each message that arrives and is accepted. */
  readonly onMessage?: (message: Message, view: AdversaryView) => void;
  /** Whether it trains in this epoch. Absent: as honest nodes do, by the scenario's share of trainers. */
  readonly trains?: (epoch: number, view: AdversaryView) => boolean;
  /** Changes what was trained; the bundle reports what `measure` says of it unless `onReport` changes that too. */
  readonly onTrain?: (delta: Delta, view: AdversaryView) => Delta;
  /** Changes what bundle and submission report of the delta. */
  readonly onReport?: (metrics: ReportedMetrics, view: AdversaryView) => ReportedMetrics;
  /** A ready bundle to commit to and reveal in place of its own (of another node, say); undefined: its own. */
  readonly onBundle?: (own: Uint8Array, view: AdversaryView) => Uint8Array | undefined;
  readonly says?: Speech;
  /** Whether it passes others' messages on. Absent: always. */
  readonly forwards?: (message: Message, view: AdversaryView) => boolean;
  /** How long it waits before it says something of this kind; 0 when absent. */
  readonly delaysMs?: (kind: Kind, view: AdversaryView) => number;
}

/** Makes one member of a gang; `index` counts within it. */
export type AdversaryFactory = (index: number) => Adversary;
