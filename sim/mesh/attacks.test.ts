import { expect, it } from "vitest";
import { SCORE_THRESHOLDS } from "../../src/p2p/gossip-scores.ts";
import { type AttackName, type AttackResult, runAttack } from "./attacks.ts";

// Ends as soon as all was heard: patience is for machines with other work.
const SIZE = { honest: 20, hostile: 24, messages: 24, patienceMs: 120_000 };
const OPTIONS = { timeout: 600_000 };

/** Waits for exactly what is expected: scores and meshes follow at the beats after what was done. */
async function withstand(name: AttackName, expectation: (result: AttackResult) => void): Promise<void> {
  const isMet = (result: AttackResult): boolean => {
    try {
      expectation(result);
      return true;
    } catch {
      return false;
    }
  };
  expectation(await runAttack(name, "all", SIZE, isMet));
}

/** Below the threshold under which nobody takes or asks for anything. */
function expectShunned({ hostileScore, honestScore, shunned }: AttackResult): void {
  expect(shunned).toBeGreaterThanOrEqual(0.95);
  expect(hostileScore).toBeLessThan(SCORE_THRESHOLDS.gossipThreshold);
  expect(honestScore).toBeGreaterThan(0);
}

it("eclipse: a node hears and is heard when all hostile nodes graft it and are silent", OPTIONS, async () => {
  await withstand("eclipse", (result) => {
    expect(result.delivered).toBe(1);
    expect(result.hostileInMesh).toBeLessThan(1);
    expect(result.honestScore).toBeGreaterThan(result.hostileScore);
  });
});

it("censor: what one node says arrives though most of the meshes drop it", OPTIONS, async () => {
  await withstand("censor", ({ delivered }) => expect(delivered).toBe(1));
});

it("degradation: messages arrive though most neighbours drop half and delay the rest", OPTIONS, async () => {
  await withstand("degradation", (result) => {
    expect(result.delivered).toBe(1);
    expect(result.honestScore).toBeGreaterThan(result.hostileScore);
  });
});

it(
  "cold boot: the first messages arrive though more than half of those who start are silent",
  OPTIONS,
  async () => {
    await withstand("cold-boot", (result) => {
      expect(result.delivered).toBe(1);
      expect(result.honestScore).toBeGreaterThan(result.hostileScore);
    });
  },
);

it(
  "covert flash: nodes with stakes and a good past lose both standing and reach at once",
  OPTIONS,
  async () => {
    await withstand("covert-flash", (result) => {
      expect(result.delivered).toBeGreaterThanOrEqual(0.99);
      expectShunned(result);
      expect(result.hostileInMesh).toBe(0);
    });
  },
);

it(
  "attack at dawn: a network without scores hears its first messages through a flood of control",
  OPTIONS,
  async () => {
    await withstand("attack-at-dawn", (result) => {
      expect(result.delivered).toBeGreaterThanOrEqual(0.99);
      expectShunned(result);
    });
  },
);

it(
  "IP colocation: many spoiling identities at one address are shunned each for itself",
  OPTIONS,
  async () => {
    await withstand("ip-colocation", (result) => {
      expect(result.delivered).toBeGreaterThanOrEqual(0.99);
      expectShunned(result);
    });
  },
);
