/** Where and how an engine runs; URLs are absolute, folders end in a slash. */
export interface Setting {
  readonly modelUrl: string;
  /** Runtime files of each engine, by its folder. */
  readonly filesUrl: string;
  readonly threads: number;
  readonly device: "wasm" | "webgpu";
}

/** One run: what came out, for comparison, and how long it took. */
export interface Run {
  /** Mean loss in nats. */
  readonly loss: number;
  readonly milliseconds: number;
}

/** An engine that trains, as its page offers it. */
export interface TrainingPeer {
  /** Whether there is a graphics card that is worth using. */
  hasGpu(): Promise<boolean>;
  /** Loads the model; the first runs of either kind may be slow. Returns rows × tokens of both batches. */
  load(setting: Setting): Promise<{ readonly trainedTokens: number; readonly evaluatedTokens: number }>;
  /** One LoRA step; the loss is that before it. */
  step(): Promise<Run>;
  /** One evaluation of the evaluation batch with the first adapter. */
  evaluate(): Promise<Run>;
}

/** A prompt as tokens and as the text that has these tokens; specials are spelled out. */
export interface Prompt {
  readonly ids: readonly number[];
  readonly text: string;
}

export interface Answer {
  readonly text: string;
  readonly promptTokens: number;
  /** From the call to the first token. */
  readonly prefillMs: number;
  /** From the first token to the last. */
  readonly decodeMs: number;
  readonly decodedTokens: number;
}

/** An engine that answers, greedily. */
export interface AnsweringPeer {
  load(setting: Setting): Promise<void>;
  /** At most `tokens`; `whole` goes on after the model would end. */
  answer(prompt: Prompt, tokens: number, whole: boolean): Promise<Answer>;
}

declare global {
  interface Window {
    trainingPeer: TrainingPeer | undefined;
    answeringPeer: AnsweringPeer | undefined;
  }
}
