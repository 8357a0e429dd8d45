import { failure } from "../../../src/core/errors.ts";
import type { GenesisModel } from "../../../src/core/genesis.ts";
import type { Adapter } from "../../../src/core/primitives.ts";
import type { GenerateRequest, GenerateResult, Inference, ModelInfo } from "../../../src/ports/inference.ts";
import type { OnProgress } from "../../../src/ports/progress.ts";
import { parameterCount, valuesOf } from "./surrogate.ts";

const CONTEXT_TOKENS = 256;

/** Says the last question back, word by word: enough for whoever needs an answer that streams. A word is a token. */
export class EchoInference implements Inference {
  readonly #model: GenesisModel;
  #loaded = false;

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
    valuesOf(this.#model.tensors, adapter);
  }

  async generate(
    request: GenerateRequest,
    onText: (piece: string) => void,
    signal?: AbortSignal,
  ): Promise<GenerateResult> {
    if (!this.#loaded) throw failure("model-not-loaded", "The model is not loaded yet");
    const promptTokens = request.messages.reduce((sum, { content }) => sum + wordsOf(content).length, 0);
    if (promptTokens >= CONTEXT_TOKENS) {
      const expected = `fewer than ${CONTEXT_TOKENS} tokens`;
      throw failure("prompt-too-long", "This is more than the model can read", expected, `${promptTokens}`);
    }
    const question = request.messages.findLast(({ role }) => role === "user")?.content ?? "";
    const answer = wordsOf(`You said: ${question}`);
    const pieces: string[] = [];
    for (const word of answer.slice(0, request.maxTokens)) {
      if (signal?.aborted) break;
      const piece = pieces.length === 0 ? word : ` ${word}`;
      pieces.push(piece);
      onText(piece);
      await Promise.resolve();
    }
    const stoppedBy = signal?.aborted ? "abort" : pieces.length < answer.length ? "length" : "end";
    return { text: pieces.join(""), promptTokens, generatedTokens: pieces.length, stoppedBy };
  }
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
