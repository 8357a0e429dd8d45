import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashOf, makeGenesis } from "../../../vectors/lib/world.ts";
import { genesisState } from "../artifacts/state.ts";
import type { State } from "../state.ts";
import { type Conduct, ConductRecord, nextReputations, REPUTATION_FLOOR_PPM } from "./reputation.ts";

const NODE = hashOf("node");
const fresh = genesisState(makeGenesis());
const listed = (value: number): State => ({ ...fresh, reputations: new Map([[NODE, value]]) });

function nextOf(state: State, ...conducts: readonly Conduct[]): number | undefined {
  const record = new ConductRecord();
  for (const conduct of conducts) record.add(NODE, conduct);
  return nextReputations(state, record).get(NODE);
}

describe("reputation", () => {
  it("grows by one gain an epoch however much was right, and one wrong outweighs it all", () => {
    expect(nextOf(fresh, "right", "right", "right")).toBe(520_000);
    expect(nextOf(fresh, "right", "missed", "right")).toBe(490_000);
    expect(nextOf(fresh, "right", "wrong", "missed")).toBe(400_000);
  });

  it("loses a thousandth of what lies above the floor in every epoch that closes", () => {
    expect(nextOf(listed(1_000_000))).toBe(1_000_000 - 990);
    expect(nextOf(listed(REPUTATION_FLOOR_PPM))).toBe(REPUTATION_FLOOR_PPM);
    expect(nextOf(listed(500_000), "right")).toBe(500_000 - 490 + 20_000);
  });

  it("lists nobody who did nothing", () => {
    expect(nextReputations(fresh, new ConductRecord()).size).toBe(0);
  });

  it("stays between the floor and one, rises by at most the gain, and never rises of itself", () => {
    const conduct = fc.constantFrom<Conduct>("right", "missed", "wrong");
    fc.assert(
      fc.property(
        fc.integer({ min: REPUTATION_FLOOR_PPM, max: 1_000_000 }),
        fc.array(conduct, { maxLength: 4 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        (value, conducts, reputationDecayPpm) => {
          const before = listed(value);
          const state = { ...before, parameters: { ...before.parameters, reputationDecayPpm } };
          const next = nextOf(state, ...conducts) ?? 0;
          expect(next).toBeGreaterThanOrEqual(REPUTATION_FLOOR_PPM);
          expect(next).toBeLessThanOrEqual(1_000_000);
          expect(next - value).toBeLessThanOrEqual(state.parameters.reputationGainPpm);
          if (conducts.length === 0) expect(next).toBeLessThanOrEqual(value);
        },
      ),
    );
  });
});
