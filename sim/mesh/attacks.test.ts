import { expect, it } from "vitest";
import { SCORE_THRESHOLDS } from "../../src/p2p/gossip-scores.ts";
import { type AttackName, type AttackResult, runAttack } from "./attacks.ts";

// Ends as soon as all was heard: patience is for machines with other work.
const SIZE = { honest: 20, hostile: 24, messages: 24, patienceMs: 45_000 };
const OPTIONS = { timeout: 150_000 };

const withstand = (name: AttackName): Promise<AttackResult> => runAttack(name, "all", SIZE);

/** Below the threshold under which nobody takes or asks for anything. */
function expectShunned({ hostileScore, honestScore, shunned }: AttackResult): void {
  expect(shunned).toBeGreaterThanOrEqual(0.95);
  expect(hostileScore).toBeLessThan(SCORE_THRESHOLDS.gossipThreshold);
  expect(honestScore).toBeGreaterThan(0);
}

it("eclipse: a node hears and is heard when all hostile nodes graft it and are silent", OPTIONS, async () => {
  const result = await withstand("eclipse");
  expect(result.delivered).toBe(1);
  expect(result.hostileInMesh).toBeLessThan(1);
  expect(result.honestScore).toBeGreaterThan(result.hostileScore);
});

it("censor: what one node says arrives though most of the meshes drop it", OPTIONS, async () => {
  expect((await withstand("censor")).delivered).toBe(1);
});

it("degradation: messages arrive though most neighbours drop half and delay the rest", OPTIONS, async () => {
  const result = await withstand("degradation");
  expect(result.delivered).toBe(1);
  expect(result.honestScore).toBeGreaterThan(result.hostileScore);
});

it(
  "cold boot: the first messages arrive though more than half of those who start are silent",
  OPTIONS,
  async () => {
    const result = await withstand("cold-boot");
    expect(result.delivered).toBe(1);
    expect(result.honestScore).toBeGreaterThan(result.hostileScore);
  },
);

it(
  "covert flash: nodes with stakes and a good past lose both standing and reach at once",
  OPTIONS,
  async () => {
    const result = await withstand("covert-flash");
    expect(result.delivered).toBeGreaterThanOrEqual(0.99);
    expectShunned(result);
    expect(result.hostileInMesh).toBe(0);
  },
);

it(
  "attack at dawn: a network without scores hears its first messages through a flood of control",
  OPTIONS,
  async () => {
    const result = await withstand("attack-at-dawn");
    expect(result.delivered).toBeGreaterThanOrEqual(0.99);
    expectShunned(result);
  },
);

it(
  "IP colocation: many spoiling identities at one address are shunned each for itself",
  OPTIONS,
  async () => {
    const result = await withstand("ip-colocation");
    expect(result.delivered).toBeGreaterThanOrEqual(0.99);
    expectShunned(result);
  },
);
