import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";

const AddedToken = z.looseObject({ id: z.int().min(0), content: z.string().min(1).max(256) });
const Part = z.looseObject({ type: z.string() }).nullable();

/** The parts of tokenizer.json that say which kind of tokenizer it is; the library reads the others. */
const TokenizerJsonSchema = z.looseObject({
  added_tokens: z.array(AddedToken).max(4_096),
  normalizer: Part.optional(),
  pre_tokenizer: Part.optional(),
  decoder: Part.optional(),
  model: z.looseObject({
    type: z.literal("BPE").default("BPE"),
    vocab: z.record(z.string(), z.int().min(0)),
    merges: z.array(z.union([z.string(), z.array(z.string()).length(2)])),
    byte_fallback: z.boolean().default(false),
  }),
});
export type TokenizerJson = z.infer<typeof TokenizerJsonSchema>;

/** tokenizer.json of a BPE, byte-level or with byte fallback. Errors: model-tokenizer. */
export function parseTokenizerJson(json: unknown): TokenizerJson {
  const parsed = TokenizerJsonSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw failure(
      "model-tokenizer",
      "tokenizer.json is malformed or of a kind that is not understood.",
      "a BPE tokenizer of Hugging Face",
      issue === undefined ? undefined : `${issue.path.join(".") || "file"}: ${issue.message}`,
    );
  }
  const { decoder, pre_tokenizer, model } = parsed.data;
  if (model.byte_fallback || names(decoder, "ByteLevel") || names(pre_tokenizer, "ByteLevel")) {
    return parsed.data;
  }
  throw failure(
    "model-tokenizer",
    "tokenizer.json spells text in a way that is not understood.",
    "byte-level BPE, or BPE with byte fallback",
    `${decoder?.type ?? "no"} decoder`,
  );
}

/** Whether a part, or a step of a sequence, is of this type. */
export function names(part: unknown, type: string): boolean {
  if (typeof part !== "object" || part === null) return false;
  if ("type" in part && part.type === type) return true;
  return ["decoders", "pretokenizers", "normalizers"].some((key) => {
    const steps: unknown = Reflect.get(part, key);
    return Array.isArray(steps) && steps.some((step) => names(step, type));
  });
}
