import type { NodeId } from "../../core/primitives.ts";
import type { Clock } from "../../ports/clock.ts";
import type {
  AnchorAdvice,
  DisputeAct,
  DisputeRequest,
  DisputeService,
  ShownDispute,
  ShownEvidence,
} from "../parley.ts";
import { isOwnTurn, isTurnToReport } from "./turns.ts";

export type CourtStep =
  | { readonly act: DisputeAct; readonly dispute: ShownDispute }
  | { readonly act: "report"; readonly evidence: ShownEvidence };

export interface CourtParts {
  readonly clock: Pick<Clock, "nowMs">;
  readonly disputes: DisputeService;
  readonly self: NodeId;
  readonly validators: () => readonly NodeId[];
  /** What this node knows of the price of gas, and what its operator says to it. */
  readonly gas: () => Pick<AnchorAdvice, "gasPriceWei" | "gasLimitWei"> | undefined;
  readonly onDone: (step: CourtStep) => void;
  readonly onFailed: (step: CourtStep, thrown: unknown) => void;
}

/** After an attempt that failed. */
const AGAIN_MS = 30_000;

/** What a person does about disputes with a click, done by rule: draws juries, rules, closes, collects, and shows evidence. */
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
    const { terms, disputes, evidence } = this.#parts.disputes.state.value;
    if (terms === undefined) return;
    const nowMs = this.#parts.clock.nowMs();
    const open: readonly CourtStep[] = [
      ...disputes.flatMap((dispute) => dispute.acts.map((act) => ({ dispute, act }))),
      ...evidence.map((one) => ({ act: "report" as const, evidence: one })),
    ];
    this.#forgetAllBut(new Set(open.map(keyOf)));
    const { self, validators } = this.#parts;
    const common = { terms, self, nowMs, isDear: this.#isDear(), validators: validators() };
    for (const step of open) {
      const key = keyOf(step);
      const sinceMs = this.#sinceMs.get(key) ?? nowMs;
      this.#sinceMs.set(key, sinceMs);
      if (nowMs < (this.#againAtMs.get(key) ?? 0)) continue;
      const situation = { ...common, sinceMs };
      const isTurn =
        step.act === "report"
          ? isTurnToReport(step.evidence, situation)
          : isOwnTurn({ ...situation, ...step });
      if (isTurn) await this.#take(key, step);
    }
  }

  async #take(key: string, step: CourtStep): Promise<void> {
    const { disputes, clock, onDone, onFailed } = this.#parts;
    try {
      await disputes.act(requestOf(step));
      onDone(step);
    } catch (thrown) {
      onFailed(step, thrown);
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

function requestOf(step: CourtStep): DisputeRequest {
  return step.act === "report"
    ? { act: "report", evidence: step.evidence.id }
    : { act: step.act, dispute: step.dispute.dispute };
}

function keyOf(step: CourtStep): string {
  if (step.act === "report") return step.evidence.id;
  const { dispute, stage } = step.dispute;
  return `${step.act} ${dispute} ${stage}`;
}
