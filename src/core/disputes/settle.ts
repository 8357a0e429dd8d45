import type { Books } from "../economy/books.ts";
import type { EpochContext } from "../epoch/context.ts";
import type { Judgement } from "../epoch/judge.ts";
import type { EpochMembers, RefusedMessage } from "../epoch/members.ts";
import type { ConductRecord } from "../epoch/reputation.ts";
import type { Cid } from "../primitives.ts";
import type { DisputeState, VerdictRecord } from "../state.ts";

export interface Settlement {
  readonly verdicts: ReadonlyMap<Cid, VerdictRecord>;
  readonly disputes: ReadonlyMap<Cid, DisputeState>;
  readonly refused: readonly RefusedMessage[];
}

/** Notes the epoch's verdicts, and what becomes of disputes about earlier ones. */
export function settleDisputes(
  context: EpochContext,
  _members: EpochMembers,
  _judgements: readonly Judgement[],
  _books: Books,
  _conduct: ConductRecord,
): Settlement {
  return { verdicts: context.state.verdicts, disputes: context.state.disputes, refused: [] };
}
