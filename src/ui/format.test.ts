import { describe, expect, it } from "vitest";
import {
  formatAge,
  formatBytes,
  formatCount,
  formatCountdown,
  formatMicroNats,
  formatPpm,
  formatRemaining,
  formatTokens,
  nodeName,
  parseTokens,
  plural,
  sharePercent,
  shorten,
} from "./format.ts";

const TOKEN = 10n ** 18n;

describe("parseTokens", () => {
  it.each([
    ["0", 0n],
    ["12", 12n * TOKEN],
    [" 12.5 ", (TOKEN * 25n) / 2n],
    ["0.000000000000000001", 1n],
  ])("reads %s as %s wei", (typed, amountWei) => {
    expect(parseTokens(typed)).toBe(amountWei);
  });

  it.each(["", ".5", "1.", "-1", "1e3", "1,5", "1 000", "0.0000000000000000001", "0x10"])(
    "does not take %s for an amount",
    (typed) => {
      expect(parseTokens(typed)).toBeUndefined();
    },
  );
});

describe("formatTokens", () => {
  it.each([
    [0n, "0"],
    [TOKEN, "1"],
    [TOKEN / 2n, "0.5"],
    [(TOKEN * 35n) / 100n, "0.35"],
    [1_234_567n * TOKEN, "1\u202f234\u202f567"],
    [1n, "<0.0001"],
    [TOKEN / 3n, "0.3333"],
    [TOKEN - 1n, "0.9999"],
    [-TOKEN, "−1"],
  ])("shows %s wei as %s", (amountWei, shown) => {
    expect(formatTokens(amountWei)).toBe(shown);
  });
});

describe("metrics", () => {
  it("shows parts per million as per cent", () => {
    expect(formatPpm(0)).toBe("0 %");
    expect(formatPpm(12_345)).toBe("1.2 %");
    expect(formatPpm(1_000_000)).toBe("100 %");
  });

  it("shows micro-nats as nats", () => {
    expect(formatMicroNats(2_413_499)).toBe("2.413");
  });

  it("shares of a total stay between 0 and 100", () => {
    expect(sharePercent(1n, 0n)).toBe(0);
    expect(sharePercent(1n, 3n)).toBe(33.33);
    expect(sharePercent(5n, 3n)).toBe(100);
  });
});

describe("times", () => {
  it("counts down to zero and not below", () => {
    expect(formatCountdown(41_001)).toBe("0:42");
    expect(formatCountdown(3_723_000)).toBe("1:02:03");
    expect(formatCountdown(-5)).toBe("0:00");
  });

  it("tells ages in the largest fitting unit", () => {
    expect(formatAge(-3)).toBe("just now");
    expect(formatAge(59_999)).toBe("just now");
    expect(formatAge(300_000)).toBe("5 min ago");
    expect(formatAge(3 * 3_600_000)).toBe("3 h ago");
    expect(formatAge(24 * 3_600_000)).toBe("1 day ago");
  });

  it("tells what remains, never zero", () => {
    expect(formatRemaining(1)).toBe("in 1 min");
    expect(formatRemaining(-1)).toBe("in 1 min");
    expect(formatRemaining(7_200_000)).toBe("in 2 h");
    expect(formatRemaining(7 * 24 * 3_600_000)).toBe("in 7 days");
  });
});

describe("names", () => {
  it("keeps both ends of long ones and the whole of short ones", () => {
    expect(shorten("0123456789abcdef")).toBe("012345…cdef");
    expect(shorten("0123456789a")).toBe("0123456789a");
  });

  it("calls this tab's own node you", () => {
    expect(nodeName("0123456789abcdef", "0123456789abcdef")).toBe("you");
    expect(nodeName("0123456789abcdef", undefined)).toBe("01234567…cdef");
  });

  it("counts with the right noun", () => {
    expect(plural(1, "peer")).toBe("1 peer");
    expect(plural(0, "peer")).toBe("0 peers");
    expect(plural(2, "body", "bodies")).toBe("2 bodies");
  });
});

it("sizes and counts are short and keep their unit", () => {
  expect([12, 3_644_688, 851_000_000, 2_362_232_012].map(formatBytes)).toEqual([
    "12 B",
    "3.5 MiB",
    "812 MiB",
    "2.2 GiB",
  ]);
  expect([950, 1_820_000, 362_000_000, 1_236_000_000].map(formatCount)).toEqual([
    "950",
    "1.8 million",
    "362 million",
    "1.2 billion",
  ]);
});
