import { describe, expect, it } from "vitest";
import { PRESETS } from "../../core/presets.ts";
import { changeLines, effectWords } from "./changes.ts";

const now = PRESETS.local(`0x${"ab".repeat(20)}`);

describe("the changes of a proposal", () => {
  const changes = { committeeSize: 5, quorumPpm: 250_000 };

  it("go from what holds now while it is open", () => {
    expect(changeLines({ changes, replaced: null }, now)).toEqual([
      { words: "Validators who check a delta", before: "3", after: "5" },
      { words: "Quorum", before: "10 %", after: "25 %" },
    ]);
  });

  it("go from what they replaced once they took effect, whatever holds now", () => {
    const replaced = { committeeSize: 4, quorumPpm: 200_000 };
    const after = { ...now, committeeSize: 9 };
    expect(changeLines({ changes, replaced }, after).map(({ before }) => before)).toEqual(["4", "20 %"]);
  });

  it("are none of a question, and from the unknown before there is a state", () => {
    expect(changeLines({ changes: null, replaced: null }, now)).toEqual([]);
    expect(changeLines({ changes, replaced: null }, undefined)[0]?.before).toBe("unknown");
  });

  it("say whether they hold", () => {
    expect(effectWords({ state: "passed", replaced: {} })).toBe("Took effect.");
    for (const state of ["failed", "void"] as const) {
      expect(effectWords({ state, replaced: null })).toMatch(/^Did not take effect/);
    }
  });
});
