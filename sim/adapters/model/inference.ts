import { failure } from "../../../src/core/errors.ts";
import type { GenesisModel } from "../../../src/core/genesis.ts";
import type { Adapter } from "../../../src/core/primitives.ts";
import type { ChatMessage } from "../../../src/ports/chat.ts";
import type { GenerateRequest, GenerateResult, Inference, ModelInfo } from "../../../src/ports/inference.ts";
import type { OnProgress } from "../../../src/ports/progress.ts";
import { parameterCount, valuesOf } from "./surrogate.ts";

const CONTEXT_TOKENS = 256;

/** Says the last question back, word by word: enough for whoever needs an answer that streams. A word is a token. */
export class EchoInference implements Inference {
  readonly #model: GenesisModel;
  #loaded = false;
  #adapted = false;

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
    const question = request.messages.findLast(({ role }) => role === "user")?.content ?? "";
    const promptTokens = fittingTokens(request.messages);
    const answer = wordsOf(`${this.#adapted ? "As taught, you" : "You"} said: ${question}`);
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

/** Words of the last messages that fit the context. Errors: prompt-too-long (the last one alone does not). */
function fittingTokens(messages: readonly ChatMessage[]): number {
  let tokens = 0;
  for (const { content } of messages.toReversed()) {
    const words = wordsOf(content).length;
    if (tokens + words < CONTEXT_TOKENS) tokens += words;
    else if (tokens > 0) return tokens;
    else {
      const expected = `fewer than ${CONTEXT_TOKENS} tokens`;
      throw failure("prompt-too-long", "This is more than the model can read", expected, `${words}`);
    }
  }
  return tokens;
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
