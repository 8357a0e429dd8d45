import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../../core/limits.ts";
import { checksumAddress } from "./addresses.ts";
import { MARKS_PER_KIND } from "./entity.ts";
import { recognise } from "./recognise.ts";

/** Saturday 21 November 2026, noon UTC. */
const NOW_MS = Date.UTC(2026, 10, 21, 12);
const CHECKSUMMED = "0x52908400098527886E0F7030069857D2E4169EE7";
const MIXED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

function marks(words: string, names: readonly string[] = []): string[] {
  return recognise(words, { nowMs: NOW_MS, names }).map(
    ({ label, start, end }) => `${label}=${words.slice(start, end)}`,
  );
}

function values(words: string): unknown[] {
  return recognise(words, { nowMs: NOW_MS }).map(({ value }) => value);
}

describe("amounts", () => {
  test.each([
    ["send 12 to Bob", "12"],
    ["stake 1,000", "1000"],
    ["stake 1,234,567.50 PAR", "1234567.5"],
    ["stake 2.5k", "2500"],
    ["stake .5", "0.5"],
    ["stake 3 million tokens", "3000000"],
    ["stake fifty", "50"],
    ["stake a hundred and ten tokens", "110"],
    ["stake two thousand five hundred", "2500"],
    ["stake forty-two PAR", "42"],
    ["stake a dozen", "12"],
    ["stake 0.000000000000000001", "0.000000000000000001"],
  ])("%s is exact", (words, decimal) => {
    expect(values(words)[0]).toMatchObject({ kind: "amount", decimal });
  });

  test("their unit belongs to them, as said", () => {
    expect(values("limit it to 30 percent")).toEqual([{ kind: "amount", decimal: "30", unit: "%" }]);
    expect(values("stake 5 PAR")).toEqual([{ kind: "amount", decimal: "5", unit: "par" }]);
    expect(values("stake one token")).toEqual([{ kind: "amount", decimal: "1", unit: "tokens" }]);
    expect(values("stake 5")).toEqual([{ kind: "amount", decimal: "5" }]);
  });

  test("shares are amounts only where tokens move", () => {
    expect(values("stake all my tokens")).toEqual([{ kind: "amount", share: "all" }]);
    expect(values("send half to @bob")).toMatchObject([{ kind: "amount", share: "half" }, { kind: "name" }]);
    expect(marks("show all proposals")).toEqual([]);
    expect(marks("is that everything?")).toEqual([]);
  });

  test.each([
    "1,5",
    "5-10",
    "-5",
    "12:30",
    "$5",
    "€20",
    "١٢",
    "１２",
    "1.2.3",
    "5e3",
    "x5",
    "3rd",
    "10 minutes",
    "2 weeks",
    "one",
  ])("%s can be read in two ways or is no amount: it is left alone", (words) => {
    expect(marks(`stake ${words}`).filter((label) => label.startsWith("amount"))).toEqual([]);
  });

  test("hidden characters break an amount instead of cutting it short", () => {
    expect(marks("stake 1\u200b0")).toEqual([]);
    expect(marks("stake 5\u0336 tokens")).toEqual([]);
    expect(marks("stake 1\u00ad00")).toEqual([]);
  });
});

describe("addresses and hashes", () => {
  test("one case, or a right checksum (vectors of EIP-55)", () => {
    for (const address of [CHECKSUMMED, MIXED, "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"]) {
      expect(checksumAddress(address.slice(2))).toBe(address);
      expect(values(`pay ${address} 5`)[0]).toEqual({ kind: "address", address });
      expect(values(`pay ${address.toLowerCase()} 5`)[0]).toEqual({ kind: "address", address });
    }
  });

  test("a wrong checksum, length or character makes them bad", () => {
    expect(values(MIXED.replace("aA", "Aa"))).toEqual([{ kind: "bad", why: "checksum" }]);
    expect(values(`${MIXED}0`)).toEqual([{ kind: "bad", why: "length" }]);
    expect(values(MIXED.slice(0, -1))).toEqual([{ kind: "bad", why: "length" }]);
    expect(values(MIXED.replace("a", "а"))).toEqual([{ kind: "bad", why: "characters" }]);
    expect(values(`${MIXED.slice(0, 20)}\u200b${MIXED.slice(20)}`)).toEqual([
      { kind: "bad", why: "characters" },
    ]);
  });

  test("64 digits are a transaction's hash", () => {
    const hash = `0x${"ab".repeat(32)}`;
    expect(values(`trace ${hash}`)).toEqual([{ kind: "hash", hash }]);
  });
});

describe("names", () => {
  test("by their form, their place, and the address book", () => {
    expect(marks("send 5 to alice.eth")).toContain("name1=alice.eth");
    expect(marks("tip @kim_2 5")).toContain("name1=@kim_2");
    expect(marks("send 5 to alice")).toContain("name1=alice");
    expect(marks("pay bob fifty")).toContain("name1=bob");
    expect(marks("let maria vote for me")).toEqual(["name1=maria"]);
    expect(marks("Send 5 to John Smith")).toContain("name1=John Smith");
    expect(marks("my flat mate gets 5", ["flat mate"])).toContain("name1=flat mate");
  });

  test("not where a name could only be guessed", () => {
    expect(marks("send it to my friend")).toEqual([]);
    expect(marks("I want to stake")).toEqual([]);
    expect(marks("Stake on Monday with Parley")).toEqual(["date1=on Monday"]);
  });
});

describe("identifiers and dates", () => {
  test.each([
    ["vote yes on proposal 12", "proposal1=proposal 12"],
    ["approve #3", "proposal1=#3"],
    ["explain PIP-44", "proposal1=PIP-44"],
    ["vote no on 7", "proposal1=7"],
    ["how is epoch 7", "epoch1=epoch 7"],
    ["trace the last epoch", "epoch1=last epoch"],
    ["call setValue on Vault", "method1=setValue"],
    ["invoke the function release of Vault", "method1=release"],
    [
      "trace bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
      "cid1=bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
    ],
  ])("%s", (words, mark) => {
    expect(marks(words)).toContain(mark);
  });

  test.each([
    ["today", "2026-11-21", "2026-11-21"],
    ["yesterday", "2026-11-20", "2026-11-20"],
    ["3 days ago", "2026-11-18", "2026-11-18"],
    ["last week", "2026-11-14", "2026-11-21"],
    ["this month", "2026-11-01", "2026-11-21"],
    ["on Monday", "2026-11-16", "2026-11-16"],
    ["2026-02-28", "2026-02-28", "2026-02-28"],
    ["November 30", "2025-11-30", "2025-11-30"],
    ["1.10.2026", "2026-10-01", "2026-10-01"],
    ["the last 24 hours", "2026-11-20", "2026-11-21"],
  ])("%s is %s to %s", (words, from, to) => {
    expect(values(`what happened ${words}`)).toEqual([{ kind: "date", from, to }]);
  });

  test("a day that does not exist is none", () => {
    expect(marks("what happened 2026-02-30").filter((label) => label.startsWith("date"))).toEqual([]);
  });
});

describe("any words", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "send",
      "stake",
      "to",
      "all",
      "vote",
      "on",
      "proposal",
      "epoch",
      "0x",
      MIXED,
      "12",
      "1,000",
      "k",
      "%",
      "fifty",
      "@bob",
      "Alice",
      "today",
      " ",
      "\u200b",
      "-",
      ".",
      "#",
      "call",
    ),
    fc.string({ unit: "grapheme", maxLength: 8 }),
    fc.nat().map(String),
  );
  const words = fc
    .array(piece, { maxLength: 24 })
    .map((pieces) => pieces.join(" ").slice(0, LIMITS.promptCharacters));

  test("marks lie in the words, in order, apart, labelled once each", () => {
    fc.assert(
      fc.property(words, (text) => {
        const entities = recognise(text, { nowMs: NOW_MS, names: ["alice"] });
        let at = 0;
        for (const { start, end } of entities) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          at = end;
        }
        expect(at).toBeLessThanOrEqual(text.length);
        const labels = entities.map(({ label }) => label);
        expect(new Set(labels).size).toBe(labels.length);
        for (const label of labels) expect(Number(label.at(-1))).toBeLessThanOrEqual(MARKS_PER_KIND);
      }),
      { numRuns: 300 },
    );
  });

  test("an amount's digits, an address and a name stand in the words as they are read", () => {
    fc.assert(
      fc.property(words, (text) => {
        for (const { start, end, value } of recognise(text, { nowMs: NOW_MS })) {
          const said = text.slice(start, end);
          if (value.kind === "address") expect(said.toLowerCase()).toBe(value.address.toLowerCase());
          if (value.kind === "name") expect(said).toBe(value.name);
          if (value.kind === "amount" && "decimal" in value && /^[\d,.]+$/.test(said)) {
            expect(said.replaceAll(",", "").replace(/^0+(?=\d)/, "")).toMatch(
              new RegExp(`^${value.decimal.replace(".", "\\.").replace(/^0\\/, "0?\\")}(\\.?0*)$`),
            );
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("whole numbers keep every digit", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n - 1n }), (number) => {
        expect(values(`stake ${number} tokens`)).toEqual([
          { kind: "amount", decimal: `${number}`, unit: "tokens" },
        ]);
      }),
    );
  });

  test("characters that reorder what is seen give nothing", () => {
    expect(marks("send \u202e12 to bob")).toEqual([]);
    expect(marks(`pay ${MIXED}\u2066 5`)).toEqual([]);
  });

  test("the longest message takes a moment, a longer one is refused", () => {
    for (const part of ["1,", "send all ", "call a ", "0x", "a hundred and ", "vote #1 "]) {
      const text = part.repeat(LIMITS.promptCharacters).slice(0, LIMITS.promptCharacters);
      const startMs = performance.now();
      recognise(text, { nowMs: NOW_MS });
      expect(performance.now() - startMs).toBeLessThan(500);
    }
    expect(() => recognise("a".repeat(LIMITS.promptCharacters + 1), { nowMs: NOW_MS })).toThrow(/too long/);
  });
});
