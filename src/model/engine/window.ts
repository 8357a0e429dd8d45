import type { ChatMessage } from "../../ports/chat.ts";
import type { GenerateRequest } from "../../ports/inference.ts";
import { encodeDialogue } from "../text/chat.ts";
import type { Tokenizer } from "../text/tokenizer.ts";

/**
 * The dialogue in at most `roomTokens`: system messages and the newest turns. Turns go by halves of the room: once
 * some must go, so many go that the next turns fit too and begin with what the cache holds. Where they begin depends on
 * the turns before alone, so that a dialogue that grows keeps its beginning.
 * Errors: prompt-too-long (the last question alone does not fit) and those of the chat format.
 */
export function fitDialogue(
  tokenizer: Tokenizer,
  { messages, task }: Pick<GenerateRequest, "messages" | "task">,
  roomTokens: number,
): number[] {
  const encode = (turns: readonly ChatMessage[], room = Number.POSITIVE_INFINITY): number[] =>
    encodeDialogue(tokenizer, turns, room, task);
  const whole = encode(messages);
  if (whole.length <= roomTokens) return whole;
  const system = messages.filter(({ role }) => role === "system");
  const turns = messages.filter(({ role }) => role !== "system");
  for (const start of starts(turns, ({ content }) => tokenizer.encode(content).length, roomTokens / 2)) {
    const fitting = encode([...system, ...turns.slice(start)]);
    if (fitting.length <= roomTokens) return fitting;
  }
  return encode([...system, ...turns.slice(-1)], roomTokens);
}

/** Questions after which a further `step` of tokens has gone by, in order. */
function starts(
  turns: readonly ChatMessage[],
  lengthOf: (turn: ChatMessage) => number,
  step: number,
): number[] {
  const found: number[] = [];
  let tokens = 0;
  let next = step;
  for (const [index, turn] of turns.entries()) {
    if (turn.role === "user" && tokens >= next) {
      found.push(index);
      next = (Math.floor(tokens / step) + 1) * step;
    }
    tokens += lengthOf(turn);
  }
  return found;
}

/** Beginning of a dialogue that attention always needs (Xiao et al., StreamingLLM, arXiv:2309.17453). */
const SINK_TOKENS = 4;

/**
 * What to go on from when `answer` has filled the context: the question with the newest turns in half of the context
 * (of a longer question its first tokens and its end), and the end of the answer in a quarter. It is read again: that
 * costs less than the tokens that filled the context have cost, it is exactly what the model says to these words, and
 * it is the same on every provider and for every kind of rotary scaling, which turning the cached keys back is not.
 */
export function shiftedSequence(
  tokenizer: Tokenizer,
  request: Pick<GenerateRequest, "messages" | "task">,
  answer: readonly number[],
  contextTokens: number,
): number[] {
  const [half, quarter] = [Math.floor(contextTokens / 2), Math.floor(contextTokens / 4)];
  const end = answer.slice(-quarter);
  const question = encodeDialogue(
    tokenizer,
    request.messages.slice(-1),
    Number.POSITIVE_INFINITY,
    request.task,
  );
  if (question.length <= half) return [...fitDialogue(tokenizer, request, half), ...end];
  return [...question.slice(0, SINK_TOKENS), ...question.slice(SINK_TOKENS - half), ...end];
}
