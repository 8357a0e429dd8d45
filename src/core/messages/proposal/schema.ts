import { text } from "../../codec/fields.ts";
import { z } from "../../codec/zod.ts";
import { LIMITS } from "../../limits.ts";

/** A question put to all who have stake. */
export interface ProposalBody {
  readonly title: string;
  readonly text: string;
  readonly proposalType: "protocol.parameter";
}

export const proposalBody = z.strictObject({
  title: text(1, LIMITS.proposalTitleCharacters),
  text: text(1, LIMITS.proposalTextCharacters),
  proposalType: z.literal("protocol.parameter"),
});
