import { describe, expect, it } from "vitest";
import { type ChangeableName, changeableNames, isChangeable } from "../../core/parameter-kinds.ts";
import { parameterFields } from "../../core/parameters.ts";
import { PRESETS } from "../../core/presets.ts";
import { formatParameter, rangeWords, readChange, typedValue } from "./parameter-values.ts";
import { PARAMETER_GROUPS, PARAMETER_WORDS } from "./parameter-words.ts";

const ACCOUNT = `0x${"ab".repeat(20)}` as const;

describe("parameters in words", () => {
  it("are all there, each once, each with a name of its own", () => {
    const shown = PARAMETER_GROUPS.flatMap(({ names }) => names);
    expect([...shown].sort()).toEqual(Object.keys(parameterFields).sort());
    expect(new Set(Object.values(PARAMETER_WORDS)).size).toBe(shown.length);
  });

  it("are offered for change only where a proposal may change them", () => {
    const fixed = PARAMETER_GROUPS.at(-1);
    expect(fixed?.names.some(isChangeable)).toBe(false);
    expect(
      PARAMETER_GROUPS.slice(0, -1)
        .flatMap(({ names }) => names)
        .every(isChangeable),
    ).toBe(true);
  });
});

describe.each(Object.entries(PRESETS))("the value of each parameter of preset %s", (_name, preset) => {
  const parameters = { ...preset(ACCOUNT), heldOutKeeper: "cd".repeat(32) };

  it("typed as it is shown is the same value again", () => {
    for (const name of changeableNames()) {
      const typed = typedValue(name, parameters[name]);
      expect(readChange(name, typed), name).toEqual({ change: { [name]: parameters[name] } });
    }
  });
});

describe("what is typed for a parameter", () => {
  it.each<[ChangeableName, string, unknown]>([
    ["quorumPpm", "12.5", 125_000],
    ["quorumPpm", "12,5 %", 125_000],
    ["quorumPpm", "0", 0],
    ["minimumStakeWei", "1 000.000000000000000001", 10n ** 21n + 1n],
    ["votingPeriodMs", "7 d", 604_800_000],
    ["votingPeriodMs", "90 seconds", 90_000],
    ["committeeSize", "5", 5],
    ["deltaClipNormMicro", "0.5", 500_000],
    ["aggregator", "multi-krum", "multi-krum"],
    ["foundationAccount", ACCOUNT.toUpperCase().replace("0X", "0x"), ACCOUNT],
    ["heldOutKeeper", "nobody", null],
  ])("%s: %s is read", (name, typed, value) => {
    expect(readChange(name, typed)).toEqual({ change: { [name]: value } });
  });

  it.each<[ChangeableName, string, RegExp]>([
    ["quorumPpm", "101", /from 0 % to 100 %/],
    ["quorumPpm", "0.00001", /Per cent/],
    ["voterCapPpm", "0", /from 0.0001 % to 100 %/],
    ["minimumStakeWei", "-1", /Tokens/],
    ["minimumStakeWei", "1e30", /Tokens/],
    ["minimumStakeWei", "1000000001", /billion/],
    ["votingPeriodMs", "7", /7 d/],
    ["votingPeriodMs", "3 weeks", /7 d/],
    ["committeeSize", "five", /from 1 to 128/],
    ["committeeSize", "", /whole number/],
    ["aggregator", "median", /list/],
    ["foundationAccount", "0x12", /40 digits/],
    ["heldOutKeeper", "me", /64 digits/],
  ])("%s: %s is refused, and what was expected is said", (name, typed, words) => {
    expect(readChange(name, typed).problem).toMatch(words);
    expect(readChange(name, typed).problem).toBe(rangeWords(name));
  });
});

describe("a value on show", () => {
  it("has its unit and loses no digit", () => {
    expect(formatParameter("quorumPpm", 123_456)).toBe("12.3456 %");
    expect(formatParameter("minimumStakeWei", 10n ** 18n)).toBe("1 token");
    expect(formatParameter("commitBondWei", 1n)).toBe("0.000000000000000001 tokens");
    expect(formatParameter("votingPeriodMs", 180_000)).toBe("3 minutes");
    expect(formatParameter("votingPeriodMs", 61_000)).toBe("61 seconds");
    expect(formatParameter("votingPeriodMs", 0)).toBe("0 seconds");
    expect(formatParameter("committeeSize", 3)).toBe("3");
    expect(formatParameter("aggregator", "multi-krum")).toBe("Multi-Krum");
    expect(formatParameter("heldOutKeeper", null)).toBe("nobody");
    expect(
      formatParameter("phases", { commitMs: 1_000, revealMs: 2_000, verifyMs: 3_000, signMs: 60_000 }),
    ).toBe("1 second, 2 seconds, 3 seconds, 1 minute");
  });
});
