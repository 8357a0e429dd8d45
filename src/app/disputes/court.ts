import type { NodeId } from "../../core/primitives.ts";
import type { Clock } from "../../ports/clock.ts";
import type { AnchorAdvice, DisputeAct, DisputeService, ShownDispute } from "../parley.ts";
import { isOwnTurn } from "./turns.ts";

export interface CourtParts {
  readonly clock: Pick<Clock, "nowMs">;
  readonly disputes: DisputeService;
  readonly self: NodeId;
  readonly validators: () => readonly NodeId[];
  /** What this node knows of the price of gas, and what its operator says to it. */
  readonly gas: () => Pick<AnchorAdvice, "gasPriceWei" | "gasLimitWei"> | undefined;
  readonly onDone: (act: DisputeAct, dispute: ShownDispute) => void;
  readonly onFailed: (act: DisputeAct, dispute: ShownDispute, thrown: unknown) => void;
}

/** After an attempt that failed. */
const AGAIN_MS = 30_000;

/** What a person does about disputes with a click, done by rule: draws juries, rules, closes and collects. */
export class Court {
  readonly #parts: CourtParts;
  /** By step: when it was first seen that it can be taken. */
  readonly #sinceMs = new Map<string, number>();
  readonly #againAtMs = new Map<string, number>();

  constructor(parts: CourtParts) {
    this.#parts = parts;
  }

  /** The steps whose turn it is, one after another, by what `disputes` shows. Never throws. */
  async look(): Promise<void> {
    const { terms, disputes } = this.#parts.disputes.state.value;
    if (terms === undefined) return;
    const nowMs = this.#parts.clock.nowMs();
    const open = disputes.flatMap((dispute) => dispute.acts.map((act) => ({ dispute, act })));
    this.#forgetAllBut(new Set(open.map(keyOf)));
    const { self, validators } = this.#parts;
    const common = { terms, self, nowMs, isDear: this.#isDear(), validators: validators() };
    for (const step of open) {
      const key = keyOf(step);
      const sinceMs = this.#sinceMs.get(key) ?? nowMs;
      this.#sinceMs.set(key, sinceMs);
      if (nowMs < (this.#againAtMs.get(key) ?? 0)) continue;
      if (isOwnTurn({ ...common, ...step, sinceMs })) await this.#take(key, step);
    }
  }

  async #take(key: string, { dispute, act }: Step): Promise<void> {
    const { disputes, clock, onDone, onFailed } = this.#parts;
    try {
      await disputes.act({ act, dispute: dispute.dispute });
      onDone(act, dispute);
    } catch (thrown) {
      onFailed(act, dispute, thrown);
    }
    // What is done is not shown as open any more, once the chain has been read.
    this.#againAtMs.set(key, clock.nowMs() + AGAIN_MS);
  }

  #isDear(): boolean {
    const { gasPriceWei, gasLimitWei } = this.#parts.gas() ?? {};
    return gasPriceWei !== undefined && gasLimitWei !== undefined && gasPriceWei > gasLimitWei;
  }

  #forgetAllBut(open: ReadonlySet<string>): void {
    for (const kept of [this.#sinceMs, this.#againAtMs]) {
      for (const key of kept.keys()) if (!open.has(key)) kept.delete(key);
    }
  }
}

interface Step {
  readonly dispute: ShownDispute;
  readonly act: DisputeAct;
}

const keyOf = ({ dispute: { dispute, stage }, act }: Step): string => `${act} ${dispute} ${stage}`;
