import type { EpochResult } from "../../../core/epoch/transition.ts";
import { failure } from "../../../core/errors.ts";
import type { StoredPair } from "../../../ports/store.ts";
import type { DutyContext } from "./situation.ts";
import { dropRevealed, dropSubmission, pendingSubmission } from "./submit.ts";
import { nats } from "./train.ts";

/**
 * What became of this node's own delta, when its epoch is certified: told, and marked on the pairs it was trained on.
 * Gives the pairs that the shared model has been taught.
 */
export async function settleOwnSubmission(
  context: DutyContext,
  result: EpochResult,
): Promise<readonly StoredPair[]> {
  const { identity, store } = context.dependencies;
  const { epoch } = result.state;
  const own = result.contributions.find(({ nodeId }) => nodeId === identity.nodeId);
  await dropRevealed(context, epoch);
  const pending = await pendingSubmission(context);
  if (!own || pending?.bundleCid !== own.deltaCid) return [];
  await dropSubmission(context, own.outcome === "included");
  if (own.outcome === "refused") {
    const code = own.reason ?? "refused";
    context.events.bad(epoch, "refuse", "Your delta was not taken in", failure(code, code));
    return [];
  }
  const pairs = (await store.listPairs()).filter(({ id }) => pending.pairIds.includes(id));
  for (const pair of pairs) await store.putPair({ ...pair, adoptedInEpoch: epoch });
  return pairs;
}

/** How much better the shared model answers these pairs now. */
export async function tellWhatWasTaught(
  context: DutyContext,
  epoch: number,
  pairs: readonly StoredPair[],
): Promise<void> {
  const { evaluator } = context.dependencies;
  if (pairs.length === 0) return;
  const base = await evaluator.evaluatePairs(pairs, null);
  const adopted = await evaluator.evaluatePairs(pairs, await context.ledger.currentAdapter());
  context.events.good(
    epoch,
    "aggregate",
    `Your delta is in the shared model. Loss on your pairs: base ${nats(base)}, now ${nats(adopted)}`,
  );
}
