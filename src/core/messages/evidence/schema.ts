import { bytes } from "../../codec/fields.ts";
import { z } from "../../codec/zod.ts";
import { LIMITS } from "../../limits.ts";

/** Two messages of one author with one sequence number: anyone may show both. */
export interface EvidenceBody {
  /** Encoded messages, in ascending order of CID. */
  readonly first: Uint8Array;
  readonly second: Uint8Array;
}

const encoded = bytes(1, LIMITS.evidenceBytes);

export const evidenceBody = z.strictObject({ first: encoded, second: encoded });
