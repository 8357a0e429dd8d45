import { text } from "../../codec/fields.ts";
import { z } from "../../codec/zod.ts";
import { LIMITS } from "../../limits.ts";
import { type ParameterChanges, parameterChanges } from "../../parameters.ts";

/** A question put to all who have stake. */
export interface ProposalBody {
  readonly title: string;
  readonly text: string;
  readonly proposalType: "protocol.parameter";
  /** What passes with it, at the edge of the epoch that counts the votes; null when it is a question only. */
  readonly changes: ParameterChanges | null;
}

export const proposalBody = z.strictObject({
  title: text(1, LIMITS.proposalTitleCharacters),
  text: text(1, LIMITS.proposalTextCharacters),
  proposalType: z.literal("protocol.parameter"),
  changes: parameterChanges
    .refine((changes) => Object.keys(changes).length > 0, "a change of nothing")
    .nullable(),
});
