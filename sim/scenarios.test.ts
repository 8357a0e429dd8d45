import { describe, expect, it } from "vitest";
import { replayCommand, run } from "./run.ts";
import { SCENARIOS } from "./scenarios/index.ts";

/** Small enough that all of them together take less than a minute. */
const NODES = 7;
const EPOCHS = 6;
const SEEDS = [1];

describe("scenarios", () => {
  for (const { id, summary } of SCENARIOS) {
    for (const seed of SEEDS) {
      const settings = { scenario: id, seed, nodes: NODES, epochs: EPOCHS };
      it(`${id} keeps all promises: ${summary} (${replayCommand(settings)})`, async () => {
        const { failures, certified } = await run(settings);
        expect(failures).toEqual([]);
        expect(certified).toBeGreaterThan(0);
      });
    }
  }

  it("goes on when proofs of cheating make full nodes look at the next epoch's stakes before anchors of this one", async () => {
    const report = await run({ scenario: "double-voter", seed: 3, nodes: 10, epochs: 6, fullNodes: 4 });
    expect(report.failures).toEqual([]);
    expect(report.certified).toBe(6);
  });

  it("runs the same for the same settings, and otherwise for another seed", async () => {
    const settings = { scenario: "chaos", seed: 5, nodes: 6, epochs: 3 };
    const first = await run(settings);
    const second = await run(settings);
    const other = await run({ ...settings, seed: 6 });
    expect(second.transcript).toBe(first.transcript);
    expect(second.roots).toEqual(first.roots);
    expect(other.transcript).not.toBe(first.transcript);
  });

  it("certifies with full and light nodes together, and learns", async () => {
    const report = await run({ scenario: "calm", seed: 3, nodes: 12, epochs: 4, fullNodes: 3 });
    expect(report.failures).toEqual([]);
    expect(report.certified).toBe(4);
    expect(report.lossAfterMicroNats).toBeLessThan(report.lossBeforeMicroNats);
  });
});
