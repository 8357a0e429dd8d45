import type { Adapter, Cid } from "../core/primitives.ts";
import type { ChatMessage } from "./chat.ts";
import type { OnProgress } from "./progress.ts";

export interface ModelInfo {
  /** CID of model.json. */
  readonly modelCid: Cid;
  readonly name: string;
  readonly parameters: number;
  readonly contextTokens: number;
  /** Execution provider in use. */
  readonly provider: "wasm" | "webgpu" | "cpu";
  readonly threads: number;
}

export interface GenerateRequest {
  readonly messages: readonly ChatMessage[];
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topK?: number;
  readonly seed: number;
}

export interface GenerateResult {
  readonly text: string;
  readonly promptTokens: number;
  readonly generatedTokens: number;
  readonly stoppedBy: "end" | "length" | "abort";
}

/** Answers prompts with the base model plus one summed adapter. Errors: model-not-loaded, prompt-too-long. */
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
