import type { ErrorData } from "../../src/core/errors.ts";
import type { Genesis } from "../../src/core/genesis.ts";
import type { MemoryChain } from "../adapters/chain/chain.ts";
import type { Fault } from "../engine/faults.ts";
import type { Mesh } from "../engine/mesh.ts";
import type { SharedWork } from "../engine/shared-work.ts";
import type { NodeHead, SimulatedNode } from "../nodes/node.ts";

/** What a checker sees of a run. */
export interface Watched {
  readonly genesis: Genesis;
  readonly mesh: Mesh;
  readonly work: SharedWork;
  readonly nodes: readonly SimulatedNode[];
  readonly honest: readonly SimulatedNode[];
  readonly faults: readonly Fault[];
  readonly weather: { readonly touched: ReadonlySet<number>; readonly active: readonly Fault[] };
  /** Certified states of honest nodes, in the order in which the first of them adopted each. */
  readonly certified: readonly NodeHead[];
  readonly queue: { nowMs(): number };
  readonly chain: Pick<MemoryChain, "reachable" | "anchoredNow">;
  fail(checker: string, error: ErrorData): void;
}

/** Watches one promise of the network while it runs. */
export interface Checker {
  /** An honest node follows a newly certified state. */
  readonly onAdopted?: (node: SimulatedNode, head: NodeHead) => void;
  /** Just before a node dies. */
  readonly onCrash?: (node: SimulatedNode) => void;
  /** After it has come back from its disk. */
  readonly onRevived?: (node: SimulatedNode) => void;
  readonly onEpochEnd?: (epoch: number) => void;
  readonly onEnd?: () => void;
}
