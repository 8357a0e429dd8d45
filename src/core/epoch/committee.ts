import { bigEndian, hashWithDomain, hexToBytes } from "../bytes.ts";
import type { RegistrySnapshot } from "../chain-types.ts";
import { DOMAINS } from "../domains.ts";
import type { Genesis } from "../genesis.ts";
import type { TypedMessage } from "../messages/message.ts";
import type { NodeId } from "../primitives.ts";
import type { State } from "../state.ts";
import { type EpochContext, epochContext } from "./context.ts";
import { drawWeighted } from "./draw.ts";

/** Validators of one author's submission, in the order drawn. */
export interface Drawn {
  /** Fewer than committeeSize when too few are staked. */
  readonly committee: readonly NodeId[];
  /** Who takes the places of members that do not answer, in this order. */
  readonly reserves: readonly NodeId[];
}

/** The committee alone. */
export function drawCommittee(
  genesis: Genesis,
  state: State,
  registry: RegistrySnapshot,
  submission: TypedMessage<"submission">,
): NodeId[] {
  return committeeOf(epochContext(genesis, state, registry, submission.envelope.body.epoch), submission);
}

export function committeeOf(context: EpochContext, submission: TypedMessage<"submission">): NodeId[] {
  return [...drawnFor(context, submission.envelope.author).committee];
}

/** Committee and reserves of whatever this author submits in the epoch. Nobody verifies itself. */
export function drawnFor(context: EpochContext, author: NodeId): Drawn {
  const { committeeSize, reserveSize } = context.parameters;
  const seed = committeeSeed(context, author);
  const drawn = drawWeighted(context.lottery, seed, committeeSize + reserveSize, [author]);
  return { committee: drawn.slice(0, committeeSize), reserves: drawn.slice(committeeSize) };
}

/** All of them in the order drawn: the order of work checks in an attestation. */
export function inOrderDrawn({ committee, reserves }: Drawn): readonly NodeId[] {
  return [...committee, ...reserves];
}

/**
 * sha256("parley/committee/1" ‖ 0x00 ‖ previous root ‖ registry block hash ‖ epoch (8) ‖ author (32)). Nothing that the author
 * sends is in it, so that it cannot try deltas until it likes who checks them.
 */
export function committeeSeed(context: EpochContext, author: NodeId): Uint8Array {
  return hashWithDomain(
    DOMAINS.committee,
    hexToBytes(context.previousRoot),
    hexToBytes(context.registry.blockHash),
    bigEndian(context.epoch, 8),
    hexToBytes(author),
  );
}
