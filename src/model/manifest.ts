import { cidOf } from "../core/codec/dag-cbor.ts";
import { z } from "../core/codec/zod.ts";
import { failure } from "../core/errors.ts";
import type { Cid } from "../core/primitives.ts";

const FileSchema = z.strictObject({
  /** Beside model.json; no folders. */
  path: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  bytes: z
    .int()
    .min(1)
    .max(512 * 1024 * 1024),
  /** CIDv1 raw sha2-256 of the file's bytes. */
  cid: z.string().regex(/^bafkrei[a-z2-7]{52}$/),
});
export type ModelFile = z.infer<typeof FileSchema>;

/** model.json: everything about a model; the CID of its bytes (codec raw) names the model. */
export const ManifestSchema = z.strictObject({
  format: z.literal("parley-model-1"),
  name: z.string().min(1).max(80),
  parameters: z.int().min(1),
  files: z.strictObject({
    config: FileSchema,
    weights: FileSchema,
    tokenizer: FileSchema,
    benchmark: FileSchema,
  }),
  lora: z.strictObject({
    rank: z.int().min(1).max(64),
    /** The branch's scale is alpha / rank. */
    alpha: z.int().min(1).max(1_024),
    /** Public label from which factor A is drawn. */
    seed: z.string().min(1).max(128),
  }),
  /** Special tokens of the chat format: user text assistant text end. */
  chat: z.strictObject({
    user: z.string().min(1).max(32),
    assistant: z.string().min(1).max(32),
    end: z.string().min(1).max(32),
    pad: z.string().min(1).max(32),
    /** Opens an answer that is a typed intent. */
    intent: z.string().min(1).max(32).optional(),
    /** Tokens that stand for what was recognised in a message, by the mark's label (`amount1`). */
    marks: z.record(z.string().regex(/^[a-z]{1,16}[1-9]$/), z.string().min(1).max(32)).optional(),
  }),
  /** Fixed shape of benchmark batches; sequences that are longer are refused. */
  evaluation: z.strictObject({ batch: z.int().min(1).max(64), sequenceTokens: z.int().min(8).max(2_048) }),
  /** Fixed shape of training batches; pairs that are longer are cut. */
  training: z.strictObject({ batch: z.int().min(1).max(64), sequenceTokens: z.int().min(8).max(2_048) }),
});
export type ModelManifest = z.infer<typeof ManifestSchema>;

/** Reads model.json. Errors: model-manifest. */
export function parseManifest(bytes: Uint8Array): ModelManifest {
  const parsed = ManifestSchema.safeParse(parseJson(bytes, "model.json"));
  if (parsed.success) return parsed.data;
  throw failure("model-manifest", "model.json is malformed.", z.prettifyError(parsed.error));
}

/** JSON of a model's file. Errors: model-manifest. */
export function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw failure("model-manifest", `${path} is not JSON.`);
  }
}

/** The manifest entry of a file's bytes. */
export function describeFile(path: string, bytes: Uint8Array): ModelFile {
  return { path, bytes: bytes.length, cid: cidOf(bytes, "raw") };
}

/** Errors: model-file-changed when the bytes are not the ones that the manifest names. */
export function checkFile(file: ModelFile, bytes: Uint8Array): Uint8Array {
  const received: Cid = cidOf(bytes, "raw");
  if (received === file.cid && bytes.length === file.bytes) return bytes;
  throw failure(
    "model-file-changed",
    `${file.path} is not the file that model.json names.`,
    file.cid,
    received,
  );
}
