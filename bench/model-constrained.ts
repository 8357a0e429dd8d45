import { fileURLToPath } from "node:url";
import { utf8ToBytes } from "../src/core/bytes.ts";
import { isAllowed, type TokenConstraint } from "../src/model/engine/constraint.ts";
import { Decoder } from "../src/model/engine/decoder.ts";
import { GrammarCompiler } from "../src/model/grammar/grammar.ts";
import { createNodeModel } from "../src/model/node.ts";
import { SeededIntegers } from "../src/model/seeded.ts";
import { ByteTokenizer } from "../src/model/testing/byte-tokenizer.ts";
import { best } from "./best.ts";
import type { Emit } from "./figure.ts";

const FOLDER = fileURLToPath(new URL("../public/model", import.meta.url));
const VOCABULARY = 32_768;
const MAX_TOKENS = 160;
const ANSWERS = 16;
const ROUNDS = 5;
const DECODED_TOKENS = 64;

const SCHEMA = {
  type: "object",
  properties: {
    intent: { enum: ["send", "balance", "stake", "unstake", "vote", "propose", "delegate", "claim"] },
    amount: { type: "integer", minimum: 0, maximum: 1_000_000 },
    to: { type: "string", minLength: 1, maxLength: 64 },
    choice: { enum: ["for", "against", "abstain"] },
    tags: { type: "array", items: { type: "string", maxLength: 24 }, maxItems: 8 },
    reason: { type: "string", minLength: 40, maxLength: 400 },
  },
  required: ["intent", "reason"],
};

/**
 * What a grammar costs on a vocabulary of 32,768 tokens, apart from the model: masks and accepted tokens, for schemas
 * seen before (`model.constrained.mask`) and in the first answer of all (`model.constrained.first`, which computes the
 * masks). The ratio is a share of the time in which the seed model decodes one token, in the same run.
 */
export async function run(emit: Emit): Promise<void> {
  const decodeMs = await seedDecodeMs();
  const tokenizer = wordTokenizer();
  const against = "decoding a token of the seed model";
  const compiler = new GrammarCompiler({ tokenizer, vocabularySize: VOCABULARY });
  compiler.compile({ type: "null" });
  const first = write(compiler.compile(SCHEMA).start({ maxTokens: MAX_TOKENS }), "first");
  emit({ name: "model.constrained.first", value: first.ms, unit: "ms/token" });
  let warm = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const times = Array.from(
      { length: ANSWERS },
      (_, index) => write(compiler.compile(SCHEMA).start({ maxTokens: MAX_TOKENS }), `answer ${index}`).ms,
    );
    warm = Math.min(warm, times.reduce((sum, ms) => sum + ms, 0) / ANSWERS);
  }
  emit({ name: "model.constrained.mask", value: warm, unit: "ms/token", ratio: warm / decodeMs, against });
}

/** An answer of random tokens; time of the grammar alone. */
function write(constraint: TokenConstraint, seed: string): { readonly ms: number } {
  const integers = new SeededIntegers(seed);
  let spent = 0;
  let count = 0;
  while (!constraint.finished) {
    const start = performance.now();
    const mask = constraint.mask();
    spent += performance.now() - start;
    const token = draw(mask, integers);
    const accepting = performance.now();
    constraint.accept(token);
    spent += performance.now() - accepting;
    count += 1;
  }
  return { ms: spent / count };
}

/** The first allowed token from a random place on. */
function draw(mask: Uint32Array, integers: SeededIntegers): number {
  const from = integers.below(VOCABULARY);
  for (let step = 0; step < VOCABULARY; step++) {
    const token = (from + step) % VOCABULARY;
    if (isAllowed(mask, token)) return token;
  }
  return -1;
}

/** Words of 2 to 9 letters, half of them after a space, and runs of punctuation and digits as JSON has them. */
function wordTokenizer(): ByteTokenizer {
  const integers = new SeededIntegers("words");
  const words = new Set(['{"', '":', '":"', '","', '"}', '"]', '["', "},{", "00", "000", "10", '":["']);
  while (words.size < VOCABULARY - 257) {
    const letters = Array.from({ length: 2 + integers.below(8) }, () =>
      String.fromCharCode(97 + integers.below(26)),
    );
    words.add(`${integers.below(2) === 0 ? " " : ""}${letters.join("")}`);
  }
  return new ByteTokenizer(Array.from(words, (word) => utf8ToBytes(word)));
}

async function seedDecodeMs(): Promise<number> {
  const node = await createNodeModel(FOLDER, 1);
  const decoder = await Decoder.create(node.model, node.runtime);
  const token = [node.model.tokenizer.chat.pad];
  const seconds = await best(ROUNDS, async () => {
    decoder.reset();
    for (let count = 0; count < DECODED_TOKENS; count++) await decoder.read(token);
  });
  await decoder.release();
  await node.release();
  return (seconds * 1_000) / DECODED_TOKENS;
}
