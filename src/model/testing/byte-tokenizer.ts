import { concatBytes, utf8ToBytes } from "../../core/bytes.ts";

/** Tokens: 0 is special, then the 256 bytes, then `merged`. Encodes by the longest token that fits. */
export class ByteTokenizer {
  readonly #bytes: readonly Uint8Array[];
  readonly vocabularySize: number;

  constructor(merged: readonly Uint8Array[]) {
    this.#bytes = [
      new Uint8Array(),
      ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
      ...merged,
    ];
    this.vocabularySize = this.#bytes.length;
  }

  bytesOf(id: number): Uint8Array {
    return this.#bytes[id] ?? new Uint8Array();
  }

  encode(text: string): number[] {
    const ids: number[] = [];
    let rest: Uint8Array = utf8ToBytes(text);
    while (rest.length > 0) {
      let best = 0;
      for (const [id, bytes] of this.#bytes.entries()) {
        const longer = bytes.length > this.bytesOf(best).length;
        if (longer && startsWith(rest, bytes)) best = id;
      }
      ids.push(best);
      rest = rest.subarray(this.bytesOf(best).length);
    }
    return ids;
  }

  decode(ids: readonly number[]): string {
    const bytes = concatBytes(...ids.map((id) => this.bytesOf(id)));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  }
}

function startsWith(text: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, index) => text[index] === byte);
}
