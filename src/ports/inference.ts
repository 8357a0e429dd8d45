import type { Adapter, Cid } from "../core/primitives.ts";
import type { ChatMessage } from "./chat.ts";
import type { OnProgress } from "./progress.ts";

export interface ModelInfo {
  /** CID of model.json. */
  readonly modelCid: Cid;
  readonly name: string;
  readonly parameters: number;
  readonly contextTokens: number;
  /** Earlier exchanges (question and answer) that it was trained to read; as many as fit when absent. */
  readonly historyTurns?: number;
  /** Execution provider in use. */
  readonly provider: "wasm" | "webgpu" | "cpu";
  readonly threads: number;
}

/** How the next token is drawn. The same request on the same provider gives the same answer. */
export interface SamplingOptions {
  /** 0 is greedy. */
  readonly temperature: number;
  /** The K likeliest tokens only. */
  readonly topK?: number | undefined;
  /** The likeliest tokens that together reach this probability, in (0, 1] (nucleus sampling). */
  readonly topP?: number | undefined;
  /** Only tokens with at least this share of the likeliest one's probability, in [0, 1]. */
  readonly minP?: number | undefined;
  /** Logits of tokens that occurred are divided (positive) or multiplied (negative) by it; 1 changes nothing. */
  readonly repetitionPenalty?: number | undefined;
  readonly seed: number;
}

/** A JSON Schema (the subset that `src/model/grammar/` names); what else it contains is refused. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface GenerateRequest extends SamplingOptions {
  readonly messages: readonly ChatMessage[];
  readonly maxTokens: number;
  /** What is asked of the model: an answer in words (when absent), or the typed intent of the last message. */
  readonly task?: "answer" | "intent" | undefined;
  /** The answer is JSON that parses and satisfies this schema, however the model was trained. */
  readonly schema?: JsonSchema | undefined;
  /** The answer ends before the first of these. */
  readonly stop?: readonly string[] | undefined;
  /** Gives log-probabilities of the chosen tokens, before sampling options. */
  readonly logProbabilities?: boolean | undefined;
}

export interface TokenLogProbability {
  readonly text: string;
  /** Nats, at most 0. */
  readonly logProbability: number;
}

export interface GenerateResult {
  readonly text: string;
  readonly promptTokens: number;
  readonly generatedTokens: number;
  /** Prompt tokens that were in the cache from an earlier turn and not read again. */
  readonly reusedTokens?: number;
  readonly stoppedBy: "end" | "length" | "stop" | "abort";
  /** One a token, their texts in order are the answer's. A token that the schema left no choice about has 0. */
  readonly logProbabilities?: readonly TokenLogProbability[];
  /** What answers from now on, when it changed in the middle of this answer: a graphics card was lost. */
  readonly model?: ModelInfo;
}

/**
 * Answers prompts with the base model plus one summed adapter. An answer may be longer than the context: the oldest
 * turns are then forgotten. Errors: model-not-loaded, prompt-too-long, sampling-options.
 */
export interface Inference {
  load(onProgress?: OnProgress): Promise<ModelInfo>;
  /** Null removes the adapter. Swaps without reloading the model. */
  setAdapter(adapter: Adapter | null): Promise<void>;
  /** Streams text pieces to `onText`; aborting resolves with what was generated so far, within one token. */
  generate(
    request: GenerateRequest,
    onText: (piece: string) => void,
    signal?: AbortSignal,
  ): Promise<GenerateResult>;
}
