import type { GenerateRequest, GenerateResult } from "../../ports/inference.ts";
import { nextEvent } from "../queue.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import { Answer } from "./answer.ts";
import type { TokenConstraint } from "./constraint.ts";
import type { Decoder } from "./decoder.ts";
import { acceptForced, maskWithEnds } from "./forced.ts";
import { logProbability, Sampler } from "./sampler.ts";
import { fitDialogue, shiftedSequence } from "./window.ts";

export interface GenerationParts {
  readonly tokenizer: Tokenizer;
  readonly contextTokens: number;
  readonly follow: Decoder["follow"];
  /** Of the request's schema. */
  readonly constraint?: TokenConstraint | undefined;
  readonly onText: (piece: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Part of the context kept free for the answer, at least. */
const ANSWER_SHARE = 0.25;

/**
 * One answer. All it knows is the sequence so far, which `follow` brings the model to the end of: what the model has in
 * its cache, and whether it is still the same session, is not seen here.
 */
export class Generation {
  readonly #request: GenerateRequest;
  readonly #parts: GenerationParts;
  readonly #sampler: Sampler;
  readonly #answer: Answer;
  /** For the repetition penalty: tokens of text, so that answers can always end. */
  readonly #occurred = new Set<number>();
  #sequence: number[];
  readonly #promptTokens: number;
  #reusedTokens: number | undefined;

  /** Errors: prompt-too-long, sampling-options. */
  constructor(request: GenerateRequest, parts: GenerationParts) {
    const { tokenizer, contextTokens } = parts;
    this.#request = request;
    this.#parts = parts;
    this.#sampler = new Sampler(request);
    this.#answer = new Answer(tokenizer, request, parts.onText);
    const answerRoom = Math.min(request.maxTokens, Math.floor(contextTokens * ANSWER_SHARE));
    this.#sequence = fitDialogue(tokenizer, request, contextTokens - answerRoom);
    this.#promptTokens = this.#sequence.length;
    for (const token of this.#sequence) this.#note(token);
  }

  async run(): Promise<GenerateResult> {
    const { constraint, signal } = this.#parts;
    this.#pushForced();
    while (this.#answer.tokens.length < this.#request.maxTokens) {
      if (this.#answer.isStopped) return this.#result("stop");
      if (constraint?.finished) return this.#result("end");
      if (signal?.aborted) return this.#result("abort");
      const logits = await this.#next();
      if (logits === undefined) return this.#result("abort");
      const token = this.#choose(logits);
      if (this.#parts.tokenizer.ends.has(token)) return this.#result("end");
      constraint?.accept(token);
      this.#push(token, () => logProbability(logits, token));
      this.#pushForced();
      await nextEvent();
    }
    return this.#result(this.#answer.isStopped ? "stop" : constraint?.finished ? "end" : "length");
  }

  /** Logits after the sequence; undefined when aborted before. */
  async #next(): Promise<Float32Array | undefined> {
    const { tokenizer, contextTokens, follow, signal } = this.#parts;
    if (this.#sequence.length > contextTokens) {
      this.#sequence = shiftedSequence(tokenizer, this.#request, this.#answer.tokens, contextTokens);
    }
    const { logits, reusedTokens } = await follow(this.#sequence, { signal });
    this.#reusedTokens ??= Math.min(reusedTokens, this.#promptTokens);
    return logits;
  }

  #choose(logits: Float32Array): number {
    const { tokenizer, constraint } = this.#parts;
    const allowed = constraint === undefined ? undefined : maskWithEnds(tokenizer, constraint);
    return this.#sampler.choose(logits, { occurred: this.#occurred, allowed });
  }

  #pushForced(): void {
    const { tokenizer, constraint } = this.#parts;
    if (constraint === undefined) return;
    const room = this.#request.maxTokens - this.#answer.tokens.length;
    for (const token of acceptForced(tokenizer, constraint, room)) this.#push(token, () => 0);
  }

  #push(token: number, logProbability: () => number): void {
    this.#sequence.push(token);
    this.#note(token);
    this.#answer.push(token, logProbability);
  }

  #note(token: number): void {
    if (this.#parts.tokenizer.bytesOf(token).length > 0) this.#occurred.add(token);
  }

  #result(stoppedBy: GenerateResult["stoppedBy"]): GenerateResult {
    return {
      ...this.#answer.end(stoppedBy),
      promptTokens: this.#promptTokens,
      reusedTokens: this.#reusedTokens ?? 0,
    };
  }
}
