import { Decoder } from "../src/model/engine/decoder.ts";
import type { OnnxInference } from "../src/model/engine/inference.ts";
import type { Model } from "../src/model/folder.ts";
import type { Runtime } from "../src/model/runtime/runtime.ts";
import { randomAdapter } from "../src/model/testing/adapters.ts";
import type { ChatMessage } from "../src/ports/chat.ts";
import type { GenerateRequest } from "../src/ports/inference.ts";
import { best } from "./best.ts";
import type { Emit } from "./figure.ts";

const PROMPT_TOKENS = 192;
const DECODED_TOKENS = 96;
const ROUNDS = 8;

/** What answering costs: reading, writing, changing the adapter, going on with a dialogue, keeping to a schema. */
export async function answerFigures(
  emit: Emit,
  model: Model,
  runtime: Runtime,
  inference: OnnxInference,
): Promise<void> {
  const decoder = await Decoder.create(model, runtime);
  const decode = DECODED_TOKENS / (await decodeSeconds(decoder));
  const firstPrefill = PROMPT_TOKENS / (await prefillSeconds(decoder));
  await decoder.prepareReader();
  const prefill = PROMPT_TOKENS / (await prefillSeconds(decoder));
  await decoder.release();
  emit({ name: "model.decode.node", value: decode, unit: "tokens/s" });
  emit({
    name: "model.prefill.node",
    value: prefill,
    unit: "tokens/s",
    ratio: prefill / firstPrefill,
    against: "the first prompt, without the second session",
  });
  await inference.load();
  emit({ name: "model.swap", value: await swapMs(inference, model), unit: "ms" });
  await emitReuse(emit, inference);
  await emitConstrained(emit, inference);
}

/** Any tokens do: the time does not depend on them. */
const tokens = (count: number): number[] => Array.from({ length: count }, (_, index) => 10 + (index % 200));

/** Token by token after a prompt of 16, at growing context. */
function decodeSeconds(decoder: Decoder): Promise<number> {
  return best(ROUNDS, async () => {
    decoder.reset();
    await decoder.read(tokens(16));
    for (const token of tokens(DECODED_TOKENS)) await decoder.read([token]);
  });
}

function prefillSeconds(decoder: Decoder): Promise<number> {
  return best(ROUNDS, async () => {
    decoder.reset();
    await decoder.follow(tokens(PROMPT_TOKENS));
  });
}

/** From an adapter's integers to a model that answers with it. */
async function swapMs(inference: OnnxInference, model: Model): Promise<number> {
  const adapters = ["one", "other"].map((seed) => randomAdapter(model, 0.01, seed));
  let turn = 0;
  const seconds = await best(ROUNDS, async () => {
    turn += 1;
    await inference.setAdapter(adapters[turn % 2] ?? null);
  });
  await inference.setAdapter(null);
  return seconds * 1_000;
}

const ask = (messages: readonly ChatMessage[], change: Partial<GenerateRequest> = {}): GenerateRequest => ({
  messages,
  maxTokens: 48,
  temperature: 0,
  seed: 1,
  ...change,
});

/** Share of a second turn's prompt that is in the cache from the first. */
async function emitReuse(emit: Emit, inference: OnnxInference): Promise<void> {
  const question: ChatMessage = { role: "user", content: "What is an epoch?" };
  const { text } = await inference.generate(ask([question]), () => undefined);
  const dialogue: ChatMessage[] = [
    question,
    { role: "assistant", content: text },
    { role: "user", content: "Who signs it?" },
  ];
  const { reusedTokens = 0, promptTokens } = await inference.generate(ask(dialogue), () => undefined);
  emit({
    name: "model.reuse",
    value: reusedTokens,
    unit: "tokens",
    ratio: reusedTokens / promptTokens,
    against: "tokens of the second turn's prompt",
  });
}

const SCHEMA = {
  type: "object",
  properties: {
    intent: { enum: ["send", "balance", "stake", "vote", "propose"] },
    reason: { type: "string", minLength: 40, maxLength: 80 },
    amount: { type: "integer", minimum: 0, maximum: 1_000_000 },
  },
  required: ["intent", "reason", "amount"],
  additionalProperties: false,
};

/** Time of a token under a schema; the ratio is below 1 where forced tokens save more passes than the grammar costs. */
async function emitConstrained(emit: Emit, inference: OnnxInference): Promise<void> {
  const messages: ChatMessage[] = [{ role: "user", content: "Send 5 tokens to Alice." }];
  // So hot that a free answer does not end before it is cut.
  const free = ask(messages, { maxTokens: 96, temperature: 5 });
  const msPerToken = async (request: GenerateRequest): Promise<number> => {
    let generated = 0;
    const seconds = await best(ROUNDS, async () => {
      generated = (await inference.generate(request, () => undefined)).generatedTokens;
    });
    return (seconds * 1_000) / generated;
  };
  const value = await msPerToken({ ...free, schema: SCHEMA });
  const against = "a token of an answer without a schema";
  emit({
    name: "model.constrained",
    value,
    unit: "ms/token",
    ratio: value / (await msPerToken(free)),
    against,
  });
}
