import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { failure } from "../../core/errors.ts";
import type { ChatTokens } from "../manifest.ts";
import { byteLevelSpelling } from "./byte-level.ts";
import { metaspaceSpelling } from "./metaspace.ts";
import type { Spelling } from "./spelling.ts";
import type { ChatTemplate } from "./template.ts";
import { parseTokenizerJson, type TokenizerJson } from "./tokenizer-json.ts";

/** The chat's tokens as ids. */
export interface ChatTokenIds {
  /** Absent where a template writes the turns. */
  readonly user?: number;
  readonly assistant?: number;
  readonly intent?: number;
  readonly begin?: number;
  readonly end: number;
  readonly pad: number;
  /** By the label of a mark. */
  readonly marks: ReadonlyMap<string, number>;
}

/**
 * BPE of tokenizer.json (Hugging Face tokenizers), byte-level (Llama 3, Qwen, SmolLM2) or as SentencePiece does it
 * (TinyLlama), and the chat format of its model. Text never becomes a special token.
 */
export class Tokenizer {
  /** Knows no added tokens, so that it cannot find any in a text. */
  readonly #text: HuggingFaceTokenizer;
  readonly #tokens = new Map<number, string>();
  readonly #added: ReadonlyMap<number, string>;
  readonly #spelling: Spelling;
  readonly #bytes = new Map<number, Uint8Array>();
  readonly chat: ChatTokenIds;
  /** Tokens that end an answer: where somebody else's turn would begin, too. */
  readonly ends: ReadonlySet<number>;
  /** Absent in models of our own format. */
  readonly template: ChatTemplate | undefined;

  /** Errors: model-tokenizer. */
  constructor(tokenizerJson: unknown, chat: ChatTokens, vocabularySize: number, template?: ChatTemplate) {
    const json = parseTokenizerJson(tokenizerJson);
    this.#text = createTokenizer({ ...json, added_tokens: [], post_processor: null });
    this.#added = new Map(json.added_tokens.map(({ id, content }) => [id, content]));
    for (const [token, id] of Object.entries(json.model.vocab)) this.#tokens.set(id, token);
    for (const [id, token] of this.#added) this.#tokens.set(id, token);
    this.#spelling = spellingOf(json);
    this.template = template;
    const largest = Array.from(this.#tokens.keys()).reduce((most, id) => Math.max(most, id), 0);
    if (largest >= vocabularySize) {
      throw failure(
        "model-tokenizer",
        "More tokens than the model has.",
        `≤ ${vocabularySize}`,
        `${largest + 1}`,
      );
    }
    this.chat = this.#chatIds(chat);
    this.ends = this.#endIds(chat);
  }

  /** Whether a text's first space is not part of it: SentencePiece writes one before every text. */
  get leadingSpace(): boolean {
    return this.#spelling.leadingSpace;
  }

  /** Id of an added token. */
  specialId(token: string): number | undefined {
    for (const [id, content] of this.#added) if (content === token) return id;
    return undefined;
  }

  /** The added tokens, as text. */
  specials(): readonly string[] {
    return Array.from(this.#added.values());
  }

  /** Token ids of plain text. A special token's spelling inside the text stays text. */
  encode(text: string): number[] {
    if (text === "") return [];
    const { ids } = this.#text.encode(text, { add_special_tokens: false });
    if (ids.every((id) => this.#isText(id))) return ids;
    // A vocabulary may spell a special token as a whole word: character by character it cannot be found.
    return Array.from(text).flatMap((character) =>
      this.#text.encode(character, { add_special_tokens: false }).ids.filter((id) => this.#isText(id)),
    );
  }

  /** Bytes that a token stands for; none for special tokens. */
  bytesOf(id: number): Uint8Array {
    let bytes = this.#bytes.get(id);
    if (bytes === undefined) {
      const token = this.#tokens.get(id);
      bytes = token === undefined || this.#added.has(id) ? new Uint8Array() : this.#spelling.bytesOf(token);
      this.#bytes.set(id, bytes);
    }
    return bytes;
  }

  #isText(id: number | undefined): boolean {
    return id !== undefined && !this.#added.has(id);
  }

  #chatIds(chat: ChatTokens): ChatTokenIds {
    const id = (token: string) => this.#needSpecial(token);
    return {
      ...(chat.user === undefined ? {} : { user: id(chat.user) }),
      ...(chat.assistant === undefined ? {} : { assistant: id(chat.assistant) }),
      ...(chat.intent === undefined ? {} : { intent: id(chat.intent) }),
      ...(chat.begin === undefined ? {} : { begin: id(chat.begin) }),
      end: id(chat.end),
      pad: id(chat.pad),
      marks: new Map(Object.entries(chat.marks ?? {}).map(([label, token]) => [label, id(token)])),
    };
  }

  #endIds(chat: ChatTokens): ReadonlySet<number> {
    const { user, assistant, intent, end, pad } = this.chat;
    const ends = (chat.ends ?? []).map((token) => this.#needSpecial(token));
    const all = [user, assistant, intent, end, pad, ...ends];
    return new Set(all.filter((id) => id !== undefined));
  }

  #needSpecial(token: string): number {
    const id = this.specialId(token);
    if (id !== undefined) return id;
    throw failure("model-tokenizer", "A token of the chat format is not a special token.", token);
  }
}

function spellingOf(json: TokenizerJson): Spelling {
  return json.model.byte_fallback ? metaspaceSpelling(json) : byteLevelSpelling;
}

function createTokenizer(json: object): HuggingFaceTokenizer {
  try {
    return new HuggingFaceTokenizer(json, {});
  } catch (error) {
    throw failure("model-tokenizer", "tokenizer.json is not understood.", undefined, String(error));
  }
}
