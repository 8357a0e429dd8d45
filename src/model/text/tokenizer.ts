import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { failure } from "../../core/errors.ts";
import { tokenBytes } from "./byte-level.ts";

/** Special tokens of the chat format, as text. */
export interface ChatTokens {
  readonly user: string;
  readonly assistant: string;
  readonly end: string;
  readonly pad: string;
}

/** The same as token ids. */
export type ChatTokenIds = { readonly [K in keyof ChatTokens]: number };

/** Byte-level BPE of tokenizer.json (Hugging Face tokenizers). Text never becomes a special token. */
export class Tokenizer {
  readonly #tokenizer: HuggingFaceTokenizer;
  readonly #specials: readonly string[];
  readonly #bytes = new Map<number, Uint8Array>();
  readonly chat: ChatTokenIds;

  /** Errors: model-tokenizer. */
  constructor(tokenizerJson: unknown, chat: ChatTokens, vocabularySize: number) {
    if (typeof tokenizerJson !== "object" || tokenizerJson === null) {
      throw failure("model-tokenizer", "tokenizer.json is malformed.", "an object", typeof tokenizerJson);
    }
    this.#tokenizer = createTokenizer(tokenizerJson);
    this.#specials = Array.from(
      this.#tokenizer.get_added_tokens_decoder().values(),
      (token) => token.content,
    );
    if (this.#specials.some((token) => token.length < 2)) {
      throw failure("model-tokenizer", "A special token cannot be told from text.", "two characters or more");
    }
    const size = this.#tokenizer.get_vocab(true).size;
    if (size > vocabularySize) {
      throw failure("model-tokenizer", "More tokens than the model has.", `≤ ${vocabularySize}`, `${size}`);
    }
    const id = (token: string) => this.#specialId(token);
    this.chat = { user: id(chat.user), assistant: id(chat.assistant), end: id(chat.end), pad: id(chat.pad) };
  }

  /** Token ids of plain text. A special token's spelling inside the text stays text. */
  encode(text: string): number[] {
    return this.#withoutSpecials(text).flatMap(
      (piece) => this.#tokenizer.encode(piece, { add_special_tokens: false }).ids,
    );
  }

  /** Bytes that a token stands for; none for special tokens. */
  bytesOf(id: number): Uint8Array {
    let bytes = this.#bytes.get(id);
    if (bytes === undefined) {
      const token = this.#tokenizer.id_to_token(id);
      bytes = token === undefined || this.#specials.includes(token) ? new Uint8Array() : tokenBytes(token);
      this.#bytes.set(id, bytes);
    }
    return bytes;
  }

  /** Cuts inside every spelling of a special token, so that the library cannot see it whole. */
  #withoutSpecials(text: string): string[] {
    const pieces: string[] = [];
    let rest = text;
    for (let cut = this.#firstCut(rest); cut !== undefined; cut = this.#firstCut(rest)) {
      pieces.push(rest.slice(0, cut));
      rest = rest.slice(cut);
    }
    if (rest !== "") pieces.push(rest);
    return pieces;
  }

  /** Just after the first character of the first special token in `text`. */
  #firstCut(text: string): number | undefined {
    const places = this.#specials.map((token) => text.indexOf(token)).filter((place) => place >= 0);
    return places.length === 0 ? undefined : Math.min(...places) + 1;
  }

  #specialId(token: string): number {
    const id = this.#specials.includes(token) ? this.#tokenizer.token_to_id(token) : undefined;
    if (id !== undefined) return id;
    throw failure("model-tokenizer", "A token of the chat format is not a special token.", token);
  }
}

function createTokenizer(json: object): HuggingFaceTokenizer {
  try {
    return new HuggingFaceTokenizer(json, {});
  } catch (error) {
    throw failure("model-tokenizer", "tokenizer.json is not understood.", undefined, String(error));
  }
}
