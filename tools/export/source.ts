import { z } from "../../src/core/codec/zod.ts";
import { failure } from "../../src/core/errors.ts";
import { loadModel, type Model, type ReadFile } from "../../src/model/folder.ts";
import { parseJson } from "../../src/model/manifest.ts";

/** What other programs' formats can say of a model: Llama without biases or scaled positions, tied embeddings. */
const PlainLlama = z.looseObject({
  model_type: z.literal("llama"),
  tie_word_embeddings: z.literal(true),
  attention_bias: z.literal(false).default(false),
  mlp_bias: z.literal(false).default(false),
  rope_scaling: z.null().default(null),
});

/** tokenizer.json, as far as a byte-level BPE with GPT-2's way of cutting words needs it. */
const ByteLevelBpe = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int(), content: z.string() })),
  pre_tokenizer: z.looseObject({
    type: z.literal("ByteLevel"),
    add_prefix_space: z.literal(false),
    use_regex: z.literal(true).default(true),
  }),
  model: z.looseObject({
    type: z.literal("BPE"),
    vocab: z.record(z.string(), z.int()),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  }),
});
export type TokenizerJson = z.infer<typeof ByteLevelBpe>;

/** A token of the chat format. */
interface ChatToken {
  readonly id: number;
  readonly text: string;
}

/** A model's folder, ready to be written in another format. */
export interface ExportSource {
  readonly model: Model;
  readonly configJson: z.infer<typeof PlainLlama>;
  readonly tokenizerJson: TokenizerJson;
  readonly chat: Readonly<Record<"user" | "assistant" | "end" | "pad", ChatToken>>;
}

/** Errors: export-unsupported (what it has that the formats here lack), and those of `loadModel`. */
export async function readExportSource(read: ReadFile): Promise<ExportSource> {
  const model = await loadModel(read);
  const { config, tokenizer } = model.manifest.files;
  const tokenizerJson = check(
    ByteLevelBpe,
    parseJson(await read(tokenizer.path), tokenizer.path),
    tokenizer.path,
  );
  const { user, assistant, end, pad } = model.manifest.chat;
  const token = (text: string | undefined) => chatToken(tokenizerJson, text);
  return {
    model,
    configJson: check(PlainLlama, parseJson(await read(config.path), config.path), config.path),
    tokenizerJson,
    chat: { user: token(user), assistant: token(assistant), end: token(end), pad: token(pad) },
  };
}

function check<T>(schema: z.ZodType<T>, json: unknown, path: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw failure("export-unsupported", `${path} cannot be exported.`, z.prettifyError(parsed.error));
}

function chatToken(tokenizerJson: TokenizerJson, text: string | undefined): ChatToken {
  const id = tokenizerJson.added_tokens.find(({ content }) => content === text)?.id;
  if (text !== undefined && id !== undefined) return { id, text };
  throw failure("export-unsupported", "The chat format is not one of ours.", "an added token", text);
}

/** The chat format as a Jinja template, which both formats carry. */
export function chatTemplate({ chat }: ExportSource): string {
  const quote = ({ text }: ChatToken) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  return [
    "{% for message in messages %}",
    `{% if message['role'] == 'user' %}{{ ${quote(chat.user)} + message['content'] }}`,
    `{% elif message['role'] == 'assistant' %}{{ ${quote(chat.assistant)} + message['content'] + ${quote(chat.end)} }}`,
    "{% endif %}{% endfor %}",
    `{% if add_generation_prompt %}{{ ${quote(chat.assistant)} }}{% endif %}`,
  ].join("");
}
