import { failure } from "../errors.ts";
import type { Metrics } from "../primitives.ts";
import type { GuardResult, State } from "../state.ts";

/**
 * A version that is not better on the benchmark than the last is not published.
 * Errors (the set is inadmissible): aggregate-metrics, when metrics come without a candidate or the other way round.
 */
export function guard(state: State, hasCandidate: boolean, aggregateMetrics: Metrics | null): GuardResult {
  if (hasCandidate !== (aggregateMetrics !== null)) {
    const expected = hasCandidate ? "the candidate's metrics" : "null";
    throw failure("aggregate-metrics", "The set's metrics do not fit what was aggregated", expected);
  }
  if (aggregateMetrics === null) return { published: false, reason: "nothing-included", aggregateMetrics };
  const published = aggregateMetrics.lossMicroNats < state.modelMetrics.lossMicroNats;
  return { published, reason: published ? null : "loss-not-lower", aggregateMetrics };
}
