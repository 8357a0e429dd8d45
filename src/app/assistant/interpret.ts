import { ParleyError } from "../../core/errors.ts";
import type { Inference } from "../../ports/inference.ts";
import type { Entity, RecognitionContext } from "./entities/entity.ts";
import { recognise } from "./entities/recognise.ts";
import { groundIntent, type Intent } from "./ground.ts";
import { INTENT_INSTRUCTIONS } from "./instructions.ts";
import { intentSchema } from "./intent-schema.ts";
import { modelWords } from "./model-words.ts";

/** The longest intent takes about 40 tokens of the seed model. */
const INTENT_TOKENS = 64;

export interface Interpretation {
  readonly words: string;
  readonly entities: readonly Entity[];
  /** What the model wrote, unchecked: for measuring and for the log, never to act on. */
  readonly output: string;
  /** `none` is to be answered in words; `unclear` is to be asked about. */
  readonly intent: Intent;
}

const UNCLEAR: Intent = { name: "unclear", slots: {}, missing: [] };

/**
 * What a person wants, from their words alone: deterministic code finds what can be named, the model says what is wanted and
 * points at it, and what it says is checked against the words. Nothing is done here. Only the person's own words may be given,
 * never text of peers, proposals or contracts. Errors: prompt-too-long, model-not-loaded.
 */
export async function interpret(
  inference: Pick<Inference, "generate">,
  words: string,
  context: RecognitionContext,
  signal?: AbortSignal,
): Promise<Interpretation> {
  const entities = recognise(words, context);
  const { text } = await inference.generate(
    {
      messages: [INTENT_INSTRUCTIONS, modelWords(words, entities)],
      task: "intent",
      schema: intentSchema(entities),
      maxTokens: INTENT_TOKENS,
      temperature: 0,
      seed: 1,
    },
    () => {},
    signal,
  );
  return { words, entities, output: text, intent: ground(text, words, entities) };
}

/** What cannot be grounded is not guessed at. */
function ground(output: string, words: string, entities: readonly Entity[]): Intent {
  try {
    return groundIntent(output, words, entities);
  } catch (thrown) {
    if (thrown instanceof ParleyError && thrown.code === "intent-refused") return UNCLEAR;
    throw thrown;
  }
}
