import { bigEndian, hashWithDomain, hexToBytes } from "../bytes.ts";
import type { RegistrySnapshot } from "../chain-types.ts";
import { cidBytes } from "../codec/dag-cbor.ts";
import { DOMAINS } from "../domains.ts";
import type { Genesis } from "../genesis.ts";
import type { TypedMessage } from "../messages/message.ts";
import type { Cid, NodeId } from "../primitives.ts";
import type { State } from "../state.ts";
import { type EpochContext, epochContext } from "./context.ts";
import { drawWeighted } from "./draw.ts";

/** Validators of one submission, in the order drawn. Fewer than committeeSize when too few are staked. */
export function drawCommittee(
  genesis: Genesis,
  state: State,
  registry: RegistrySnapshot,
  submission: TypedMessage<"submission">,
): NodeId[] {
  return committeeOf(epochContext(genesis, state, registry, submission.envelope.body.epoch), submission);
}

export function committeeOf(context: EpochContext, submission: TypedMessage<"submission">): NodeId[] {
  const { author, body } = submission.envelope;
  const { committeeSize } = context.parameters;
  return drawWeighted(context.lottery, committeeSeed(context, body.deltaCid), committeeSize, [author]);
}

/** sha256("parley/committee/1" ‖ 0x00 ‖ previous root ‖ registry block hash ‖ epoch (8) ‖ delta CID (36)). */
export function committeeSeed(context: EpochContext, deltaCid: Cid): Uint8Array {
  return hashWithDomain(
    DOMAINS.committee,
    hexToBytes(context.previousRoot),
    hexToBytes(context.registry.blockHash),
    bigEndian(context.epoch, 8),
    cidBytes(deltaCid),
  );
}
