import { cidOf } from "../core/codec/dag-cbor.ts";
import { z } from "../core/codec/zod.ts";
import { failure } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import type { Cid } from "../core/primitives.ts";

/** A token of the chat format, as it is spelled in tokenizer.json. */
const TokenSchema = z.string().min(1).max(64);

const FileSchema = z.strictObject({
  /** Beside model.json; no folders. */
  path: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  bytes: z.int().min(1).max(LIMITS.modelFileBytes),
  /** CIDv1 raw sha2-256 of the file's bytes. */
  cid: z.string().regex(/^bafkrei[a-z2-7]{52}$/),
});
export type ModelFile = z.infer<typeof FileSchema>;

/**
 * Tokens of the chat. A model of ours has `user` and `assistant`, which open turns, and all tokens of the chat end an
 * answer. A model with a Jinja template (`files.template`) has neither: the template writes the turns.
 */
const ChatSchema = z.strictObject({
  user: TokenSchema.optional(),
  assistant: TokenSchema.optional(),
  end: TokenSchema,
  pad: TokenSchema,
  /** Opens an answer that is a typed intent. */
  intent: TokenSchema.optional(),
  /** Tokens that stand for what was recognised in a message, by the mark's label (`amount1`). */
  marks: z.record(z.string().regex(/^[a-z]{1,16}[1-9]$/), TokenSchema).optional(),
  /** Begins a sequence: what templates call bos_token. */
  begin: TokenSchema.optional(),
  /** Further tokens that end an answer. */
  ends: z.array(TokenSchema).max(16).optional(),
});
export type ChatTokens = z.infer<typeof ChatSchema>;

/** model.json: everything about a model; the CID of its bytes (codec raw) names the model. */
export const ManifestSchema = z
  .strictObject({
    format: z.literal("parley-model-1"),
    name: z.string().min(1).max(80),
    parameters: z.int().min(1),
    /** Earlier exchanges (question and answer) that it was trained to read; as many as fit when absent. */
    historyTurns: z.int().min(0).max(64).optional(),
    /** As its makers name it. */
    licence: z.string().min(1).max(80).optional(),
    files: z.strictObject({
      config: FileSchema,
      /** The checkpoint, or the index of one in several files. */
      weights: FileSchema,
      /** The files that the index names. */
      shards: z.array(FileSchema).min(1).max(LIMITS.modelShards).optional(),
      tokenizer: FileSchema,
      benchmark: FileSchema,
      /** Jinja template of the chat, as Hugging Face models have it. */
      template: FileSchema.optional(),
    }),
    lora: z.strictObject({
      rank: z.int().min(1).max(64),
      /** The branch's scale is alpha / rank. */
      alpha: z.int().min(1).max(1_024),
      /** Public label from which factor A is drawn. */
      seed: z.string().min(1).max(128),
    }),
    chat: ChatSchema,
    /** Fixed shape of benchmark batches; sequences that are longer are refused. */
    evaluation: z.strictObject({ batch: z.int().min(1).max(64), sequenceTokens: z.int().min(8).max(2_048) }),
    /** Fixed shape of training batches; pairs that are longer are cut. */
    training: z.strictObject({ batch: z.int().min(1).max(64), sequenceTokens: z.int().min(8).max(2_048) }),
  })
  .refine(({ chat, files }) => files.template !== undefined || (chat.user && chat.assistant), {
    message: "chat needs user and assistant where there is no template",
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

/** All files that a manifest names, in a fixed order. */
export function manifestFiles({ files }: ModelManifest): readonly ModelFile[] {
  const { config, tokenizer, benchmark, template, weights, shards = [] } = files;
  return [config, tokenizer, benchmark, ...(template === undefined ? [] : [template]), weights, ...shards];
}
