import type { ErrorData } from "../../src/core/errors.ts";
import type { Genesis } from "../../src/core/genesis.ts";
import type { Identity } from "../../src/core/identity.ts";
import type { Cid, Hash } from "../../src/core/primitives.ts";
import type { State } from "../../src/core/state.ts";
import type { Operator } from "../../src/ports/chain.ts";
import type { MemoryChain } from "../adapters/chain/chain.ts";
import type { Blocks } from "../engine/blocks.ts";
import type { Mesh } from "../engine/mesh.ts";
import type { MeshLogSyncs } from "../engine/mesh-links.ts";
import type { SharedWork } from "../engine/shared-work.ts";

/** What all nodes of a simulation share: the world around them, and work that is done once for all. */
export interface Surroundings {
  readonly genesis: Genesis;
  readonly networkCid: Cid;
  readonly seed: string;
  readonly chain: MemoryChain;
  readonly mesh: Mesh;
  readonly syncs: MeshLogSyncs;
  readonly blocks: Blocks;
  readonly work: SharedWork;
  /** Before the first epoch. */
  readonly origin: NodeHead;
  /** Bytes of the adapter version that every network begins with. */
  readonly firstVersion: Uint8Array;
  /** Tells the simulation that promises were set going: it waits for them before time goes on. */
  stir(): void;
  /** A promise of the simulator itself that did not hold. */
  fail(checker: string, error: ErrorData): void;
}

/** Who a node is: its name decides its keys. */
export interface NodePlan {
  readonly index: number;
  readonly name: string;
  /** `honest`, or the name of the adversary. */
  readonly role: string;
  readonly identity: Identity;
  readonly operator: Operator;
  /** Of the operator. */
  readonly operatorKey: Uint8Array;
  readonly account: `0x${string}`;
  readonly stakeWei: bigint;
}

export type NodeCondition = "awake" | "asleep" | "dead";

/** The last certified state that a node follows. */
export interface NodeHead {
  readonly state: State;
  readonly root: Hash;
}

/** One node of a simulation, whichever way it is built. */
export interface SimulatedNode {
  readonly plan: NodePlan;
  readonly kind: "full" | "light";
  readonly condition: NodeCondition;
  readonly head: NodeHead;
  /** Called with each epoch that it adopts. */
  onAdopted: ((node: SimulatedNode, head: NodeHead) => void) | undefined;
  /** Begins its first life, or another one on the same disk. */
  start(): Promise<void>;
  /** The epoch's commit phase is open: trains if it was chosen, unless it has its own mind. */
  train(epoch: number, isChosen: boolean): void;
  sleep(): void;
  wake(): void;
  /** Dies with everything that was not durable. */
  crash(): void;
  setDiskFull(full: boolean): void;
  setClock(offsetMs: number, ratePpm: number): void;
  /** CIDs of its own messages that are durable, in the order of its log. */
  ownMessages(): readonly Cid[];
  holds(cid: Cid): boolean;
  /** Sends the oldest root that is not on the chain yet; resolves also when that failed. */
  anchor(): Promise<void>;
}
