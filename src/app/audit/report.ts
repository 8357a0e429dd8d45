import type { Explanations } from "../../core/economy/explain.ts";
import type { ErrorData } from "../../core/errors.ts";
import type { Genesis } from "../../core/genesis.ts";
import type { Adapter, Cid, Hash } from "../../core/primitives.ts";
import type { State } from "../../core/state.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { Chain } from "../../ports/chain.ts";
import type { Evaluator } from "../../ports/evaluator.ts";

/** All that an auditor reads; it trusts none of it but the genesis. */
export interface AuditSources {
  readonly genesis: Genesis;
  /** Every message of the network, as its bytes, in any order. */
  readonly messages: readonly Uint8Array[];
  readonly artifacts: Pick<Artifacts, "get">;
  readonly chain: Chain;
  readonly evaluator: Pick<Evaluator, "environment" | "evaluate" | "evaluatePairs">;
}

/** What a replay has come to. */
export interface Replayed {
  readonly state: State;
  /** Adapter of state.modelVersion. */
  readonly version: Adapter;
  /** Velocity and cluster adapters, as the replay itself computed them. */
  readonly otherArtifacts: ReadonlyMap<Cid, Uint8Array>;
  /** Of the last epoch; undefined before the first. */
  readonly explanations?: Explanations;
}

/** In the order in which they are checked. */
export type AuditStep =
  | "environment"
  | "signatures"
  | "logs"
  | "message set"
  | "registry"
  | "committees"
  | "benchmark"
  | "aggregate"
  | "rewards"
  | "state root"
  | "manifest"
  | "certificate"
  | "anchor"
  | "claims";

/** One thing that was recomputed and found the same. */
export interface AuditFinding {
  /** −1 for what is not about one epoch. */
  readonly epoch: number;
  readonly step: AuditStep;
  /** What was compared, in a few words. */
  readonly text: string;
}

/** Where an audit stopped, and why. */
export interface AuditStop {
  readonly epoch: number;
  readonly step: AuditStep;
  readonly error: ErrorData;
}

export interface AuditReport {
  readonly findings: readonly AuditFinding[];
  /** The first thing that was not the same. Everything is the same when this and `unchecked` are undefined. */
  readonly difference?: AuditStop;
  /** The first thing that could not be compared, since the chain does not answer. What comes after it was not looked at. */
  readonly unchecked?: AuditStop;
  /** Root that the replay ended with. */
  readonly stateRoot: Hash;
  /** Why each payment and charge of the last epoch that was replayed; undefined when there was none. */
  readonly explanations?: Explanations;
  /** That it ended with. */
  readonly lastState: State;
}

/** Runs the steps of an audit, keeps what they found, and stops at the first that throws. */
export class AuditRun {
  readonly findings: AuditFinding[] = [];
  readonly #onFinding: (finding: AuditFinding) => void;
  #current: { readonly epoch: number; readonly step: AuditStep } = { epoch: -1, step: "environment" };

  constructor(onFinding: (finding: AuditFinding) => void) {
    this.#onFinding = onFinding;
  }

  /** The step that is under way, or that threw last. */
  get current(): { readonly epoch: number; readonly step: AuditStep } {
    return this.#current;
  }

  async step<T>(
    epoch: number,
    step: AuditStep,
    check: () => Promise<readonly [text: string, value: T]>,
  ): Promise<T> {
    this.#current = { epoch, step };
    const [text, value] = await check();
    const finding = { epoch, step, text };
    this.findings.push(finding);
    this.#onFinding(finding);
    return value;
  }
}
