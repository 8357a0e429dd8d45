import type { EpochContext } from "../epoch/context.ts";
import type { Judgement } from "../epoch/judge.ts";
import type { EpochMembers, RefusedMessage } from "../epoch/members.ts";
import { epochRewards } from "../epoch/rewards.ts";
import type { State } from "../state.ts";
import type { Books } from "./books.ts";

export interface Paid extends Pick<State, "microRewards" | "requests"> {
  readonly refused: readonly RefusedMessage[];
}

/** What an epoch pays: validators, contributors, providers, requesters, the foundation. */
export function payEpoch(
  context: EpochContext,
  _members: EpochMembers,
  judgements: readonly Judgement[],
  published: boolean,
  books: Books,
): Paid {
  for (const payment of epochRewards(context, judgements, published)) books.mint(payment, context.epoch);
  const { microRewards, requests } = context.state;
  return { microRewards, requests, refused: [] };
}
