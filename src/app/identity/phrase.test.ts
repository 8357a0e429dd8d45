import { wordlist } from "@scure/bip39/wordlists/english.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hexToBytes } from "../../core/bytes.ts";
import { checkPhrase, nearest, phraseOf } from "./phrase.ts";

/** From the reference implementation: https://github.com/trezor/python-mnemonic/blob/master/vectors.json */
const VECTORS: readonly (readonly [seed: string, words: string])[] = [
  ["00".repeat(32), `${"abandon ".repeat(23)}art`],
  [
    "7f".repeat(32),
    "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth title",
  ],
  [
    "80".repeat(32),
    "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic bless",
  ],
  ["ff".repeat(32), `${"zoo ".repeat(23)}vote`],
  [
    "68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c",
    "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length",
  ],
];

describe("recovery phrase", () => {
  it("is BIP-39 (the standard's own vectors)", async () => {
    for (const [seed, words] of VECTORS) {
      expect((await phraseOf(hexToBytes(seed))).join(" ")).toBe(words);
      expect(await checkPhrase(words)).toEqual({ seed: hexToBytes(seed) });
    }
  });

  it("comes back as it went, however it was typed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.constantFrom(" ", "\n", "  ", ", ", "\t"),
        fc.boolean(),
        async (seed, space, isLoud) => {
          const typed = `  ${(await phraseOf(seed)).join(space)} `;
          expect(await checkPhrase(isLoud ? typed.toUpperCase() : typed)).toEqual({
            seed: Uint8Array.from(seed),
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  it("says which words are unknown, where, and what they may have been", async () => {
    const words = VECTORS[4]?.[1].split(" ") ?? [];
    const typed = words.with(0, "hamstr").with(23, "lenght").join(" ");
    expect(await checkPhrase(typed)).toMatchObject({
      error: { code: "phrase-words" },
      unknown: [
        { place: 1, word: "hamstr", nearest: expect.arrayContaining(["hamster"]) },
        { place: 24, word: "lenght", nearest: expect.arrayContaining(["length"]) },
      ],
    });
  });

  it("says that words are missing, or too many", async () => {
    const words = VECTORS[4]?.[1] ?? "";
    for (const typed of ["", words.slice(0, -7), `${words} zoo`]) {
      expect(await checkPhrase(typed)).toMatchObject({ error: { code: "phrase-length" } });
    }
  });

  it("finds every swap of two different words and most wrong words by the checksum", async () => {
    const words = VECTORS[4]?.[1].split(" ") ?? [];
    const swapped = words.with(0, words[1] ?? "").with(1, words[0] ?? "");
    expect(await checkPhrase(swapped.join(" "))).toMatchObject({
      error: { code: "phrase-checksum" },
      unknown: [],
    });
  });

  it("offers the word itself for any slip of one letter", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...wordlist),
        fc.nat(7),
        fc.constantFrom("q", "x", "z"),
        (word, place, letter) => {
          const at = place % word.length;
          const slip = `${word.slice(0, at)}${letter}${word.slice(at + 1)}`;
          const close = wordlist.filter((one) => nearest(slip, [one]).length > 0);
          expect(close).toContain(word);
        },
      ),
      { numRuns: 60 },
    );
  });
});
