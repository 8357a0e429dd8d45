import { failure } from "../../core/errors.ts";
import type { ChatMessage, TrainingPair } from "../../ports/chat.ts";
import { encodeTemplated } from "./templated-chat.ts";
import type { Tokenizer } from "./tokenizer.ts";

export type Task = "answer" | "intent";

/**
 * A dialogue as tokens, up to where the model goes on. Our own format is `<|user|>question<|assistant|>answer<|end|>`,
 * turn after turn with nothing between, then `<|assistant|>` (or the token that opens an intent, where the model has
 * one); it has no system turn, so system messages are left out. A model with a template has its turns written by that.
 * Returns the newest turns that fit in `roomTokens`. Errors: prompt-too-long (the last question alone does not fit),
 * model-template (it cannot write this dialogue).
 */
export function encodeDialogue(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  roomTokens: number,
  task: Task = "answer",
): number[] {
  const { template } = tokenizer;
  if (template !== undefined) return encodeTemplated(tokenizer, template, messages, roomTokens);
  const turns = messages
    .filter((message) => message.role !== "system")
    .map((turn) => encodeTurn(tokenizer, turn));
  const opening = openingOf(tokenizer, task);
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

/** What stands before an answer. */
function openingOf({ chat }: Tokenizer, task: Task): number[] {
  const id = task === "intent" ? (chat.intent ?? chat.assistant) : chat.assistant;
  return id === undefined ? [] : [id];
}

function encodeTurn(tokenizer: Tokenizer, message: ChatMessage): number[] {
  const { user, assistant, end } = tokenizer.chat;
  const ids = encodeContent(tokenizer, message);
  if (message.role === "user") return [...present(user), ...ids];
  return [...present(assistant), ...ids, end];
}

/** A message's words; what is marked in it becomes the mark's own token where the model has one. */
export function encodeContent(tokenizer: Tokenizer, { content, marks = [] }: ChatMessage): number[] {
  const ids: number[] = [];
  let from = 0;
  for (const { start, end, label } of marks) {
    const id = tokenizer.chat.marks.get(label);
    if (id === undefined) continue;
    ids.push(...tokenizer.encode(content.slice(from, start)), id);
    from = end;
  }
  return [...ids, ...tokenizer.encode(content.slice(from))];
}

function present(id: number | undefined): number[] {
  return id === undefined ? [] : [id];
}

/** A question as it stands before its answer. */
function encodeQuestion(tokenizer: Tokenizer, prompt: string): number[] {
  const { template } = tokenizer;
  const message: ChatMessage = { role: "user", content: prompt };
  if (template !== undefined)
    return encodeTemplated(tokenizer, template, [message], Number.POSITIVE_INFINITY);
  return [...encodeTurn(tokenizer, message), ...openingOf(tokenizer, "answer")];
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
  return shift(encodeQuestion(tokenizer, prompt), [...tokenizer.encode(answer), tokenizer.chat.end]);
}

/** The same, cut to `sequenceTokens`: first the prompt's beginning goes (down to half), then the answer's end. */
export function encodePairWithin(tokenizer: Tokenizer, pair: TrainingPair, sequenceTokens: number): Example {
  const prompt = encodeQuestion(tokenizer, pair.prompt);
  const answer = [...tokenizer.encode(pair.answer), tokenizer.chat.end];
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
