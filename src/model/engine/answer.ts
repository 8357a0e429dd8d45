import type { GenerateRequest, GenerateResult, TokenLogProbability } from "../../ports/inference.ts";
import { Detokenizer } from "../text/detokenizer.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import { StopStrings } from "./stop-strings.ts";

/** An answer as it grows: its tokens, and its text as far as it is sure. */
export class Answer {
  readonly tokens: number[] = [];
  readonly #onText: (piece: string) => void;
  readonly #detokenizer: Detokenizer;
  readonly #stops: StopStrings;
  readonly #logProbabilities: TokenLogProbability[] | undefined;
  #text = "";

  constructor(
    tokenizer: Tokenizer,
    request: Pick<GenerateRequest, "stop" | "logProbabilities">,
    onText: (piece: string) => void,
  ) {
    this.#onText = onText;
    this.#detokenizer = new Detokenizer(tokenizer);
    this.#stops = new StopStrings(request.stop);
    this.#logProbabilities = request.logProbabilities === true ? [] : undefined;
  }

  /** A stop string has come: what follows does not belong to the answer. */
  get isStopped(): boolean {
    return this.#stops.found;
  }

  /** `logProbability` is asked only where the request wants it. */
  push(token: number, logProbability: () => number): void {
    this.tokens.push(token);
    const text = this.#detokenizer.push(token);
    this.#logProbabilities?.push({ text, logProbability: logProbability() });
    this.#emit(this.#stops.push(text));
  }

  end(
    stoppedBy: GenerateResult["stoppedBy"],
  ): Pick<GenerateResult, "text" | "generatedTokens" | "stoppedBy" | "logProbabilities"> {
    this.#emit(this.#stops.flush());
    return {
      text: this.#text,
      generatedTokens: this.tokens.length,
      stoppedBy,
      ...(this.#logProbabilities === undefined ? {} : { logProbabilities: this.#logProbabilities }),
    };
  }

  #emit(piece: string): void {
    if (piece === "") return;
    this.#text += piece;
    this.#onText(piece);
  }
}
