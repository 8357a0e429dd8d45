import type { Cid } from "../../../core/primitives.ts";
import type { DutyContext } from "./situation.ts";

/** Name of the task that looks at one set, and signs it when it is good. */
export function signingKey(set: Cid): string {
  return `sign ${set}`;
}

/** Whether this node has signed a root of this epoch, or of the one after it. */
export async function hasSigned(context: DutyContext, epoch: number): Promise<boolean> {
  const { identity } = context.dependencies;
  // Only these two can be signable at once; a vote for the later one closes the earlier.
  const votes = await Promise.all([epoch, epoch + 1].map((of) => context.log.ofEpoch(of, "epoch-vote")));
  return votes.flat().some(({ envelope }) => envelope.author === identity.nodeId);
}
