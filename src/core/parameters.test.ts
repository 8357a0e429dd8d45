import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromWire, toWire } from "./codec/block.ts";
import { changeableNames, isChangeable, parameterKind } from "./parameter-kinds.ts";
import {
  brokenRule,
  FIXED_PARAMETERS,
  type Parameters,
  parameterChanges,
  parameterFields,
  parameters,
  replacedBy,
  withChanges,
} from "./parameters.ts";
import { isPresetName, PRESETS } from "./presets.ts";

const ACCOUNT = `0x${"11".repeat(20)}` as const;
const TOKEN_WEI = 10n ** 18n;
const local = PRESETS.local(ACCOUNT);

const withCode = (code: string) => expect.objectContaining({ data: expect.objectContaining({ code }) });

describe.each(Object.entries(PRESETS))("preset %s", (name, preset) => {
  const value = preset(ACCOUNT);

  it("keeps every range and every rule, and survives encoding", () => {
    expect(isPresetName(name)).toBe(true);
    expect(brokenRule(value)).toBeUndefined();
    expect(fromWire(parameters, "parameters", toWire(parameters, "parameters", value))).toEqual(value);
  });

  it("pays the foundation it is given, and shares a token an epoch as 35, 35 and 30 per cent", () => {
    expect(value).toMatchObject({
      foundationAccount: ACCOUNT,
      epochRewardWei: TOKEN_WEI,
      validatorSharePpm: 350_000,
      contributorSharePpm: 350_000,
      foundationSharePpm: 300_000,
    });
  });

  it("asks for a stake that covers what may be charged of it", () => {
    expect(value.commitBondWei).toBeLessThan(value.minimumStakeWei);
    expect(value.committeeSize).toBeGreaterThanOrEqual(3);
    expect(value.leaderTimeoutMs).toBeLessThan(value.phases.signMs);
  });
});

describe("presets of public networks", () => {
  const { parley, pip44, openclaw } = PRESETS;
  const WEEK_MS = 7 * 24 * 3_600_000;

  it.each([parley, pip44, openclaw])(
    "vote a week with a quorum of a tenth, and wait for six blocks",
    (preset) => {
      expect(preset(ACCOUNT)).toMatchObject({
        votingPeriodMs: WEEK_MS,
        quorumPpm: 100_000,
        finalityBlocks: 6,
        proposalMinimumStakeWei: 100n * TOKEN_WEI,
      });
    },
  );

  it("differ in bond, cap and who may vote, as their rules say", () => {
    expect(pip44(ACCOUNT)).toMatchObject({
      proposalBondWei: 0n,
      voterCapPpm: 10_000,
      voteMinimumStakeWei: 10n * TOKEN_WEI,
      minimumStakeWei: 10n * TOKEN_WEI,
    });
    expect(openclaw(ACCOUNT)).toMatchObject({ proposalBondWei: 1_000n * TOKEN_WEI, voterCapPpm: 50_000 });
    expect(parley(ACCOUNT)).toMatchObject({ proposalBondWei: 100n * TOKEN_WEI, voterCapPpm: 50_000 });
  });

  it("are not names that every object knows", () => {
    expect(isPresetName("constructor")).toBe(false);
  });
});

describe("parameters", () => {
  it.each<[string, Partial<Parameters>]>([
    ["shares", { foundationSharePpm: 300_001 }],
    ["clip norm", { deltaClipNormMicro: local.deltaNormBoundMicro + 1 }],
    ["held back", { vestingEpochs: local.challengeEpochs + 1 }],
    ["daily cap", { microRewardWei: local.microRewardDailyWei + 1n }],
  ])("that break the rule on %s are refused with what was expected and received", (words, change) => {
    const broken = { ...local, ...change };
    const error = brokenRule(broken);
    expect(error).toMatchObject({ code: "parameter-rule", verdict: "IGNORE" });
    expect(error?.expected).toContain(words);
    expect(error?.received).toContain(`${Object.values(change)[0]}`);
    expect(() => toWire(parameters, "parameters", broken)).toThrow(withCode("unencodable"));
  });

  it.each<[string, unknown]>([
    ["committeeSize", 0],
    ["votingPeriodMs", -1],
    ["quorumPpm", 1_000_001],
    ["voterCapPpm", 0],
    ["aggregator", "median"],
    ["minimumStakeWei", Uint8Array.of(0)],
    ["minimumStakeWei", new Uint8Array(12).fill(255)],
    ["foundationAccount", new Uint8Array(19)],
  ])("refuse %s = %s by its range", (name, value) => {
    expect(() => fromWire(parameterChanges, "changes", { [name]: value })).toThrow(withCode("schema"));
  });

  it.each(FIXED_PARAMETERS)("let no proposal change %s", (name) => {
    expect(() => fromWire(parameterChanges, "changes", { [name]: local[name] })).toThrow(
      withCode("unknown-field"),
    );
    expect(isChangeable(name)).toBe(false);
  });

  it("have a kind each, and their presets lie within it", () => {
    const known = Object.keys(parameterFields);
    expect([...changeableNames(), ...FIXED_PARAMETERS].sort()).toEqual(known.sort());
    for (const name of changeableNames()) {
      const kind = parameterKind(name);
      const value = local[name];
      if (kind.kind === "integer") {
        expect(value, name).toBeGreaterThanOrEqual(kind.minimum);
        expect(value, name).toBeLessThanOrEqual(kind.maximum);
      } else if (kind.kind === "choice") expect(kind.options, name).toContain(value);
      else if (kind.kind === "amount") expect(name, name).toMatch(/Wei$/);
    }
  });

  it("go back to what they were when the replaced values are put in again", () => {
    const change = fc.record(
      {
        quorumPpm: fc.nat(1_000_000),
        committeeSize: fc.integer({ min: 1, max: 128 }),
        commitBondWei: fc.bigInt(0n, 10n ** 20n),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(change, (changes) => {
        const after = withChanges(local, changes);
        expect(withChanges(after, replacedBy(local, changes))).toEqual(local);
        expect(Object.keys(replacedBy(local, changes)).sort()).toEqual(Object.keys(changes).sort());
      }),
    );
  });
});
