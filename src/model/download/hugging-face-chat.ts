import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import { type ChatTokens, parseJson } from "../manifest.ts";
import type { TokenizerJson } from "../text/tokenizer-json.ts";
import type { SmallFiles } from "./plan.ts";

const Token = z.union([
  z.string(),
  z.looseObject({ content: z.string() }).transform(({ content }) => content),
]);
const NamedTemplate = z.looseObject({ name: z.string(), template: z.string() });

/** tokenizer_config.json, as far as it speaks of chats. */
const TokenizerConfig = z.looseObject({
  bos_token: Token.nullish(),
  eos_token: Token.nullish(),
  pad_token: Token.nullish(),
  chat_template: z.union([z.string(), z.array(NamedTemplate)]).nullish(),
});

const GenerationConfig = z.looseObject({
  eos_token_id: z.union([z.int(), z.array(z.int()).max(16)]).nullish(),
});

/** For a model that was never taught a format: one that reads as a conversation. */
const PLAIN_TEMPLATE =
  "{{ bos_token }}{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}assistant:";

/** The chat's tokens and template of a Hugging Face folder. Errors: model-tokenizer, model-manifest. */
export function chatOf(
  { tokenizerConfig, generationConfig, template }: SmallFiles,
  { added_tokens }: TokenizerJson,
): { readonly chat: ChatTokens; readonly template: string } {
  const tokens = read(TokenizerConfig, tokenizerConfig, "tokenizer_config.json");
  const { eos_token_id } = read(GenerationConfig, generationConfig, "generation_config.json");
  const known = new Map(added_tokens.map(({ id, content }) => [id, content]));
  const spelled = (token: string | null | undefined) =>
    [...known.values()].find((content) => content === token);
  const ids = typeof eos_token_id === "number" ? [eos_token_id] : (eos_token_id ?? []);
  const ends = ids.flatMap((id) => known.get(id) ?? []);
  const end = spelled(tokens.eos_token) ?? ends[0];
  if (end === undefined) {
    throw failure(
      "model-tokenizer",
      "No token ends this model's answers.",
      "eos_token among the added tokens",
    );
  }
  const begin = spelled(tokens.bos_token);
  return {
    chat: {
      end,
      pad: spelled(tokens.pad_token) ?? end,
      ...(begin === undefined ? {} : { begin }),
      ...(ends.length === 0 ? {} : { ends }),
    },
    template: templateText(template, tokens.chat_template),
  };
}

/** chat_template.jinja, else the template in tokenizer_config.json; of several the one for plain chats. */
function templateText(
  file: Uint8Array | undefined,
  inside: z.infer<typeof TokenizerConfig>["chat_template"],
): string {
  if (file !== undefined) return new TextDecoder().decode(file);
  if (typeof inside === "string") return inside;
  const chosen = inside?.find(({ name }) => name === "default") ?? inside?.[0];
  return chosen?.template ?? PLAIN_TEMPLATE;
}

function read<T>(schema: z.ZodType<T>, bytes: Uint8Array | undefined, path: string): T {
  const parsed = schema.safeParse(bytes === undefined ? {} : parseJson(bytes, path));
  if (parsed.success) return parsed.data;
  throw failure("model-manifest", `${path} is malformed.`, z.prettifyError(parsed.error));
}
