import { cid } from "../../codec/fields.ts";
import { z } from "../../codec/zod.ts";
import type { Cid } from "../../primitives.ts";
import type { Choice } from "../../state.ts";

/** One voter's choice. The ballot highest in its voter's log replaces earlier ones until voting closes. */
export interface BallotBody {
  /** CID of the proposal message. */
  readonly proposal: Cid;
  readonly choice: Choice;
}

export const ballotBody = z.strictObject({ proposal: cid, choice: z.enum(["for", "against", "abstain"]) });
