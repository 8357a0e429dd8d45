import { failure } from "../../../src/core/errors.ts";
import type { GenesisModel } from "../../../src/core/genesis.ts";
import type { Adapter } from "../../../src/core/primitives.ts";
import { checkSampling } from "../../../src/model/engine/sampler.ts";
import { StopStrings } from "../../../src/model/engine/stop-strings.ts";
import type { ChatMessage } from "../../../src/ports/chat.ts";
import type { GenerateRequest, GenerateResult, Inference, ModelInfo } from "../../../src/ports/inference.ts";
import type { OnProgress } from "../../../src/ports/progress.ts";
import { parameterCount, valuesOf } from "./surrogate.ts";

const CONTEXT_TOKENS = 256;

/**
 * Says the last question back, word by word: enough for whoever needs an answer that streams. A word is a token, of
 * which it is always certain; it keeps the last dialogue's words as the real one keeps its cache.
 */
export class EchoInference implements Inference {
  readonly #model: GenesisModel;
  #loaded = false;
  #adapted = false;
  #read: readonly string[] = [];

  constructor(model: GenesisModel) {
    this.#model = model;
  }

  async load(onProgress?: OnProgress): Promise<ModelInfo> {
    onProgress?.({ step: "Loading the model", done: 1, total: 1 });
    this.#loaded = true;
    const { manifestCid, tensors } = this.#model;
    return {
      modelCid: manifestCid,
      name: "echo",
      parameters: parameterCount(tensors),
      contextTokens: CONTEXT_TOKENS,
      provider: "cpu",
      threads: 1,
    };
  }

  async setAdapter(adapter: Adapter | null): Promise<void> {
    this.#adapted = valuesOf(this.#model.tensors, adapter).some((value) => value !== 0);
  }

  async generate(
    request: GenerateRequest,
    onText: (piece: string) => void,
    signal?: AbortSignal,
  ): Promise<GenerateResult> {
    if (!this.#loaded) throw failure("model-not-loaded", "The model is not loaded yet");
    checkSampling(request);
    const prompt = fittingWords(request.messages);
    const reusedTokens = this.#reuse(prompt);
    const answer = this.#answerTo(request.messages).slice(0, request.maxTokens);
    const stops = new StopStrings(request.stop);
    const given: string[] = [];
    let text = "";
    const emit = (piece: string): void => {
      text += piece;
      if (piece !== "") onText(piece);
    };
    for (const word of answer) {
      if (signal?.aborted || stops.found) break;
      given.push(word);
      emit(stops.push(word));
      await Promise.resolve();
    }
    emit(stops.flush());
    const whole = this.#answerTo(request.messages).length;
    const ended = given.length < whole ? "length" : "end";
    return {
      text,
      promptTokens: prompt.length,
      generatedTokens: given.length,
      reusedTokens,
      stoppedBy: stops.found ? "stop" : signal?.aborted ? "abort" : ended,
      ...(request.logProbabilities === true
        ? { logProbabilities: given.map((word) => ({ text: word, logProbability: 0 })) }
        : {}),
    };
  }

  /** Words, each with the space before it. */
  #answerTo(messages: readonly ChatMessage[]): readonly string[] {
    const question = messages.findLast(({ role }) => role === "user")?.content ?? "";
    const words = wordsOf(`${this.#adapted ? "As taught, you" : "You"} said: ${question}`);
    return words.map((word, index) => (index === 0 ? word : ` ${word}`));
  }

  /** How many of the prompt's words are those of the last prompt; the last one is always read again. */
  #reuse(prompt: readonly string[]): number {
    const differing = prompt.findIndex((word, index) => this.#read[index] !== word);
    this.#read = prompt;
    return Math.max(0, Math.min(differing === -1 ? prompt.length : differing, prompt.length - 1));
  }
}

/** Words of the last messages that fit the context. Errors: prompt-too-long (the last one alone does not). */
function fittingWords(messages: readonly ChatMessage[]): readonly string[] {
  let fitting: string[] = [];
  for (const { content } of messages.toReversed()) {
    const words = wordsOf(content);
    if (fitting.length + words.length < CONTEXT_TOKENS) fitting = [...words, ...fitting];
    else if (fitting.length > 0) return fitting;
    else {
      const expected = `fewer than ${CONTEXT_TOKENS} tokens`;
      throw failure("prompt-too-long", "This is more than the model can read", expected, `${words.length}`);
    }
  }
  return fitting;
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
