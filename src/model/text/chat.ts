import { failure } from "../../core/errors.ts";
import type { ChatMessage, TrainingPair } from "../../ports/chat.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * The chat format: `<|user|>question<|assistant|>answer<|end|>`, turn after turn with nothing between, then
 * `<|assistant|>` where the model goes on. The format has no system turn; system messages are left out.
 * Returns the newest turns that fit in `roomTokens`. Errors: prompt-too-long (the last question alone does not fit).
 */
export function encodeDialogue(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  roomTokens: number,
): number[] {
  const turns = messages
    .filter((message) => message.role !== "system")
    .map((turn) => encodeTurn(tokenizer, turn));
  const opening = [tokenizer.chat.assistant];
  const last = turns.at(-1)?.length ?? 0;
  if (last + opening.length > roomTokens) {
    const received = `${last + opening.length} tokens`;
    throw failure("prompt-too-long", "This is too long for the model.", `≤ ${roomTokens} tokens`, received);
  }
  const kept: number[][] = [opening];
  let used = opening.length;
  for (const turn of turns.reverse()) {
    used += turn.length;
    if (used > roomTokens) break;
    kept.unshift(turn);
  }
  return kept.flat();
}

function encodeTurn(tokenizer: Tokenizer, { role, content }: ChatMessage): number[] {
  const { user, assistant, end } = tokenizer.chat;
  const ids = tokenizer.encode(content);
  return role === "user" ? [user, ...ids] : [assistant, ...ids, end];
}

/** A sequence for training or evaluation, already shifted: `targets[i]` follows `tokens[i]`. Same lengths. */
export interface Example {
  readonly tokens: readonly number[];
  readonly targets: readonly number[];
  /** True where the target is scored: the answer and its end. */
  readonly scored: readonly boolean[];
}

/** Prompt and answer as an example, however long. */
export function encodePair(tokenizer: Tokenizer, { prompt, answer }: TrainingPair): Example {
  const { user, assistant, end } = tokenizer.chat;
  return shift([user, ...tokenizer.encode(prompt), assistant], [...tokenizer.encode(answer), end]);
}

/** The same, cut to `sequenceTokens`: first the prompt's beginning goes (down to half), then the answer's end. */
export function encodePairWithin(tokenizer: Tokenizer, pair: TrainingPair, sequenceTokens: number): Example {
  const { user, assistant, end } = tokenizer.chat;
  const prompt = [user, ...tokenizer.encode(pair.prompt), assistant];
  const answer = [...tokenizer.encode(pair.answer), end];
  const promptRoom = Math.max(Math.floor(sequenceTokens / 2), sequenceTokens + 1 - answer.length);
  const keptPrompt = prompt.slice(-Math.min(promptRoom, prompt.length));
  return shift(keptPrompt, answer.slice(0, sequenceTokens + 1 - keptPrompt.length));
}

function shift(prompt: readonly number[], answer: readonly number[]): Example {
  const all = [...prompt, ...answer];
  return {
    tokens: all.slice(0, -1),
    targets: all.slice(1),
    scored: all.slice(1).map((_, index) => index + 1 >= prompt.length),
  };
}
