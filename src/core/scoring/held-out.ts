import type { EpochContext } from "../epoch/context.ts";
import type { EpochMembers, RefusedMessage } from "../epoch/members.ts";
import type { HeldOutCommitment } from "../state.ts";

/** The keeper's promise after this epoch. */
export function nextHeldOut(
  context: EpochContext,
  _members: EpochMembers,
): { readonly heldOut: HeldOutCommitment | null; readonly refused: readonly RefusedMessage[] } {
  return { heldOut: context.state.heldOut, refused: [] };
}
