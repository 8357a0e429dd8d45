import { decodeBlock, encodeBlock } from "../../../core/codec/block.ts";
import { epochContext, stakedEntry } from "../../../core/epoch/context.ts";
import { equivocatorOf } from "../../../core/epoch/equivocation.ts";
import { leadersOf } from "../../../core/epoch/leader.ts";
import { LIMITS } from "../../../core/limits.ts";
import { type EvidenceBody, evidenceBody } from "../../../core/messages/evidence/schema.ts";
import { equivocationProof } from "../../../core/messages/log.ts";
import type { Message } from "../../../core/messages/message.ts";
import type { NodeId } from "../../../core/primitives.ts";
import type { DutyContext, Situation } from "./situation.ts";

const KIND = "evidence";
/** Nodes show one after another, so that one proof does not come from everybody at once. */
const TURN_MS = 1_000;

/** Keeps the proof that a node with a stake said two things in one place of its log: one a node, however many it signs. */
export async function keepEvidence(context: DutyContext, held: Message, other: Message): Promise<void> {
  const { store, clock, identity } = context.dependencies;
  const { state } = context.ledger.head.value;
  const proof = equivocationProof(held, other);
  if (proof === undefined || proof.author === identity.nodeId) return;
  const { registry } = await context.registries.at(state.epoch + 1, state);
  if (stakedEntry(state, registry, proof.author) === undefined) return;
  const kept = (await store.listDuties()).filter(({ kind }) => kind === KIND);
  const id = dutyIdOf(proof.author);
  if (kept.length >= LIMITS.evidenceKept || kept.some((duty) => duty.id === id)) return;
  const [first, second] = proof.messages;
  if (first.length > LIMITS.evidenceBytes || second.length > LIMITS.evidenceBytes) return;
  const detail = encodeBlock(evidenceBody, KIND, { first, second });
  // Evidence has no deadline of its own; what stands here is when it was found.
  await store.putDuty({ id, kind: KIND, epoch: state.epoch + 1, deadlineMs: clock.nowMs(), detail });
}

/** Shows what was kept, unless somebody else has, or the node is out already. */
export async function showEvidence(context: DutyContext, situation: Situation): Promise<void> {
  const { store, genesis, identity } = context.dependencies;
  const kept = (await store.listDuties()).filter(({ kind }) => kind === KIND);
  if (kept.length === 0) return;
  const { state } = situation.head;
  const shown = await context.log.ofKind("evidence");
  const convicted = new Set(shown.map((message) => equivocatorOf(state.network, message)));
  const epoch = epochContext(genesis, state, situation.registry.registry, situation.epoch);
  const turn = leadersOf(epoch).indexOf(identity.nodeId);
  for (const { id, deadlineMs: foundAtMs, detail } of kept) {
    const nodeId = id.slice(dutyIdOf("").length);
    if (state.tombstones.has(nodeId) || convicted.has(nodeId)) await store.deleteDuty(id);
    else if (turn >= 0 && situation.nowMs >= foundAtMs + turn * TURN_MS) {
      const body: EvidenceBody = decodeBlock(evidenceBody, KIND, detail, 2 * LIMITS.evidenceBytes + 1_024);
      context.tasks.once(
        id,
        async () => {
          await context.log.append("evidence", body);
          await store.deleteDuty(id);
          context.events.good(
            situation.epoch,
            "evidence",
            `Showed that ${nodeId.slice(0, 8)} said two things at once`,
          );
          return true;
        },
        (thrown) =>
          context.events.bad(situation.epoch, "evidence", "Evidence could not be shown yet", thrown),
      );
    }
  }
}

const dutyIdOf = (author: NodeId): string => `${KIND} ${author}`;
