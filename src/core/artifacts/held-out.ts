/** Held-out tasks: DAG-CBOR { version: 1, pairs: [{ prompt, answer }] }. Their CID is what a keeper commits to and reveals. */
import { decodeBlock, encodeBlock, type Schema } from "../codec/block.ts";
import { text } from "../codec/fields.ts";
import { z } from "../codec/zod.ts";
import { LIMITS } from "../limits.ts";

export interface HeldOutPair {
  readonly prompt: string;
  /** What a good model answers; its tokens alone are scored. */
  readonly answer: string;
}

export interface HeldOutTasks {
  readonly version: 1;
  readonly pairs: readonly HeldOutPair[];
}

const schema: Schema<HeldOutTasks> = z.strictObject({
  version: z.literal(1),
  pairs: z
    .array(
      z.strictObject({
        prompt: text(1, LIMITS.promptCharacters),
        answer: text(1, LIMITS.correctionCharacters),
      }),
    )
    .min(1)
    .max(LIMITS.heldOutPairs)
    .readonly(),
});

/** Errors: unencodable (no pairs, too many, or too long ones). */
export function encodeHeldOut(tasks: HeldOutTasks): Uint8Array {
  return encodeBlock(schema, "list of held-out tasks", tasks);
}

/** Errors: too-large, malformed-cbor, not-canonical, unknown-field, schema. */
export function decodeHeldOut(bytes: Uint8Array): HeldOutTasks {
  return decodeBlock(schema, "list of held-out tasks", bytes, LIMITS.heldOutBytes);
}
