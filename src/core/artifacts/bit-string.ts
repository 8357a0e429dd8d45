/** Bits in bytes, most significant first; the last byte is filled with zeros. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #used = 0;

  /** The lowest `count` bits of `value`, at most 31. */
  write(value: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit--) this.#push((value >>> bit) & 1);
  }

  /** `count` ones and a zero. */
  writeUnary(count: number): void {
    for (let i = 0; i < count; i++) this.#push(1);
    this.#push(0);
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #push(bit: number): void {
    if ((this.#used & 7) === 0) this.#bytes.push(0);
    const last = this.#bytes.length - 1;
    this.#bytes[last] = (this.#bytes[last] ?? 0) | (bit << (7 - (this.#used & 7)));
    this.#used++;
  }
}

export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Undefined when the bits end before. */
  read(count: number): number | undefined {
    let value = 0;
    for (let i = 0; i < count; i++) {
      const bit = this.#next();
      if (bit === undefined) return undefined;
      value = value * 2 + bit;
    }
    return value;
  }

  /** How many ones come before the next zero; undefined when they are more than `maximum` or the bits end before. */
  readUnary(maximum: number): number | undefined {
    for (let ones = 0; ones <= maximum; ones++) {
      const bit = this.#next();
      if (bit === undefined) return undefined;
      if (bit === 0) return ones;
    }
    return undefined;
  }

  /** Whether nothing is left but the zeros that fill the last byte. */
  isAtEnd(): boolean {
    const left = this.#bytes.length * 8 - this.#at;
    return left < 8 && this.read(left) === 0;
  }

  #next(): number | undefined {
    const byte = this.#bytes[this.#at >>> 3];
    if (byte === undefined) return undefined;
    const bit = (byte >>> (7 - (this.#at & 7))) & 1;
    this.#at++;
    return bit;
  }
}
