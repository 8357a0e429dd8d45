import { rootKey } from "../../../src/core/epoch/root.ts";
import type { EpochResult } from "../../../src/core/epoch/transition.ts";
import { failure } from "../../../src/core/errors.ts";
import type { TypedMessage } from "../../../src/core/messages/message.ts";
import type { LightContext } from "./context.ts";
import { membersOf, missingOf, resultOf } from "./sign.ts";
import { signedWei, type Tally } from "./tallies.ts";

type MessageSet = TypedMessage<"message-set">;

/** Fewer votes than this share of a registry's nodes need not be counted each time that one comes. */
const COUNTED_FROM = 2 / 3;
const TRY_AGAIN_MS = 2_000;
/** Arrivals of so many closed epochs are kept, for disputes. */
const KEPT_EPOCHS = 8;

/** Whether one more vote is worth looking at the tally: every vote near the threshold, and each now and then before. */
export function isWorthCounting(context: LightContext, tally: Tally): boolean {
  const voters = tally.votes.length;
  return voters % 16 === 0 || voters >= context.head.state.registry.entries.length * COUNTED_FROM;
}

/** Follows every certified epoch after the head, in order. */
export function adoptCertified(context: LightContext): void {
  while (adoptNext(context));
}

function adoptNext(context: LightContext): boolean {
  const { head, surroundings, log } = context;
  for (const tally of context.tallies.after(head.root)) {
    const set = surroundings.mesh.messagePacket(tally.messageSet);
    if (set?.message?.kind !== "message-set") continue;
    if (!log.holds(set)) {
      context.fetch([set.cid]);
      continue;
    }
    if (set.message.envelope.body.epoch <= head.state.epoch) continue;
    if (!isCertified(context, set.message, tally) || !trustsRegistry(context, set.message, tally)) continue;
    const messages = membersOf(context, set.message);
    const result = messages && resultOf(context, set.message, messages);
    if (result === undefined) {
      context.askForMissing();
      context.fetch(missingOf(context, set.message));
      context.later(TRY_AGAIN_MS, () => adoptCertified(context));
      return false;
    }
    if (rootKey(result.root) !== tally.key) {
      const message = "Two thirds of the stake signed another root than this node computes";
      surroundings.fail("roots", failure("root-mismatch", message, rootKey(result.root), tally.key).data);
      return false;
    }
    keep(context, set.message, result);
    return true;
  }
  return false;
}

function isCertified(context: LightContext, set: MessageSet, tally: Tally): boolean {
  const { work } = context.surroundings;
  return work.isEnough(set.envelope.body.registry, signedWei(work, set, tally));
}

/** As the app: the stakes must be the chain's, or those of the last epoch, or the chain has taken the root itself. */
function trustsRegistry(context: LightContext, set: MessageSet, tally: Tally): boolean {
  const { work, chain } = context.surroundings;
  const { registry, epoch } = set.envelope.body;
  if (work.sameRegistry(registry, context.head.state.registry)) return true;
  if (chain.reachable && work.sameRegistry(context.registryAt(epoch), registry)) return true;
  return chain.reachable && chain.anchoredNow(epoch)?.stateRoot === tally.root.stateRoot;
}

function keep(context: LightContext, set: MessageSet, result: EpochResult): void {
  const { blocks } = context.surroundings;
  const { index } = context.plan;
  blocks.hold(index, result.manifestCid, result.manifestBytes);
  if (result.adapterBytes !== null) blocks.hold(index, result.state.modelVersion, result.adapterBytes);
  for (const bytes of result.otherArtifacts) blocks.put(index, bytes);
  for (const { kind, cid } of membersOf(context, set) ?? []) {
    if (kind === "proposal" || kind === "ballot" || kind === "evidence") context.taken.add(cid);
  }
  context.tallies.forget(context.head.root);
  context.log.forgetBefore(result.state.epoch - KEPT_EPOCHS);
  context.adopt({ state: result.state, root: result.stateRoot });
}
