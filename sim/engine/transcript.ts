import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "../../src/core/bytes.ts";
import type { Hash } from "../../src/core/primitives.ts";

/** One hash over everything that was said and agreed, in order: two runs with the same are the same run. */
export class Transcript {
  readonly #hash = sha256.create();

  add(line: string): void {
    this.#hash.update(utf8ToBytes(`${line}\n`));
  }

  digest(): Hash {
    return bytesToHex(this.#hash.clone().digest());
  }
}
