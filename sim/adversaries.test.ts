import { afterAll, describe, expect, it } from "vitest";
import type { ChargeReason, PaymentReason } from "../src/core/state.ts";
import { ADVERSARIES } from "./adversaries/index.ts";
import { ATTACK_NAMES } from "./attacks/attacks.ts";
import { returnOf } from "./checkers/liars-lose.ts";
import { Simulation } from "./engine/simulation.ts";
import { CHEATING_SCENARIOS } from "./scenarios/adversaries.ts";
import { scenarioOf } from "./scenarios/index.ts";
import type { Scenario } from "./scenarios/scenario.ts";

const NODES = 10;
const EPOCHS = 8;
const SEED = 1;

interface Choices {
  /** Nodes that run the app's own code; the others are light. */
  readonly fullNodes?: number;
  readonly seed?: number;
  readonly nodes?: number;
  readonly epochs?: number;
}

/** One run of an adversary's scenario, and what can be counted in it. */
async function play(
  id: string,
  { seed = SEED, nodes: size = NODES, epochs = EPOCHS, fullNodes = 0 }: Choices = {},
) {
  const simulation = new Simulation({ seed, nodes: size, epochs, scenario: scenarioOf(id), fullNodes });
  await simulation.run();
  const { certified, nodes, plans, work, failures, boards } = simulation;
  const roleOf = new Map(plans.map(({ identity, role }) => [identity.nodeId, role]));
  const results = certified.flatMap(({ root }) => work.resultOf(root) ?? []);
  const last = certified.at(-1)?.state;
  if (last === undefined) throw new Error("no epoch was certified");
  const of = (role: string) => nodes.filter(({ plan }) => plan.role === role);
  return {
    simulation,
    failures,
    results,
    last,
    liars: of(id),
    /** How often the trick was played. */
    tricks: (trick: string) => Number(boards.get(id)?.board.get(trick) ?? "0"),
    /** Contributions and messages of the liars that were refused with this code. */
    refused: (code: string, role = id) =>
      results
        .flatMap(({ refused, contributions }) => [
          ...refused.map(({ author, error }) => ({ author, code: error.code })),
          ...contributions.map(({ nodeId, reason }) => ({ author: nodeId, code: reason ?? "" })),
        ])
        .filter((one) => one.code === code && roleOf.get(one.author) === role).length,
    included: (role = id) =>
      results
        .flatMap(({ contributions }) => contributions)
        .filter(({ nodeId, outcome }) => outcome === "included" && roleOf.get(nodeId) === role).length,
    chargedWei: (reason: ChargeReason, role = id) =>
      results
        .flatMap(({ charges }) => charges)
        .filter((charge) => charge.reason === reason && roleOf.get(charge.nodeId) === role)
        .reduce((sum, { amountWei }) => sum + amountWei, 0n),
    paidWei: (reason: PaymentReason, role = id) =>
      results
        .flatMap(({ payments }) => payments)
        .filter((payment) => payment.reason === reason && roleOf.get(payment.nodeId ?? "") === role)
        .reduce((sum, { amountWei }) => sum + amountWei, 0n),
    /** Earned less charged, in millionths of the stake. */
    returns: { liars: returnOf(last, of(id)), honest: returnOf(last, of("honest")) },
    lossMicroNats: last.modelMetrics.lossMicroNats,
  };
}

describe("a network of honest nodes on the tiny model", () => {
  it("teaches it to predict characters better in every epoch, with one root", async () => {
    const scenario: Scenario = {
      ...scenarioOf("calm"),
      trainersPpm: 1_000_000,
      genesis: { model: "tiny", parameters: { deltaClipNormMicro: 6_000_000 } },
    };
    const simulation = new Simulation({ seed: SEED, nodes: 5, epochs: 3, scenario, fullNodes: 0 });
    await simulation.run();
    expect(simulation.failures).toEqual([]);
    const losses = simulation.certified.map(({ state }) => state.modelMetrics.lossMicroNats);
    expect(losses).toHaveLength(3);
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
    expect(losses.at(-1)).toBeLessThan(simulation.genesis.model.baseMetrics.lossMicroNats - 500_000);
  });
});

/** The first of some seeds in which it happens: who leads, and who is drawn, is a matter of the seed. */
async function playUntil(
  id: string,
  choices: Choices,
  happens: (run: Awaited<ReturnType<typeof play>>) => boolean,
): Promise<Awaited<ReturnType<typeof play>>> {
  for (let seed = 1; seed <= 12; seed++) {
    const run = await play(id, { ...choices, seed });
    if (happens(run)) return run;
  }
  throw new Error(`${id}: it happened in none of 12 runs`);
}

describe("adversaries", () => {
  it("all have a scenario, and every scenario of cheating has an adversary", () => {
    const names = Object.keys(ADVERSARIES).filter((name) => name !== "honest");
    expect(CHEATING_SCENARIOS.map(({ id }) => id).sort()).toEqual(names.sort());
  });

  it("free-rider: what it copied after the reveal is refused, and its own commit is charged", async () => {
    const run = await play("free-rider");
    expect(run.failures).toEqual([]);
    expect(run.tricks("copied")).toBeGreaterThan(0);
    expect(run.refused("commit-mismatch")).toBe(run.tricks("copied"));
    expect(run.included()).toBe(0);
    expect(run.chargedWei("withheld-reveal")).toBeGreaterThan(0n);
    expect(run.returns.liars).toBeLessThan(0);
  });

  it("free-rider of the next epoch: is paid for what its copy still improves, and for no more", async () => {
    const runs = await Promise.all([1, 2, 3].map((seed) => play("free-rider-next-epoch", { seed })));
    for (const run of runs) {
      expect(run.failures).toEqual([]);
      expect(run.tricks("copied")).toBeGreaterThan(0);
      expect(run.refused("utility-too-low")).toBeGreaterThan(0);
    }
    const sum = (who: "liars" | "honest") => runs.reduce((total, { returns }) => total + returns[who], 0);
    // Nothing tells a copy that helps from work: it is paid by its utility, as everybody is. They submit in every epoch, honest
    // nodes in six of ten.
    expect(sum("liars")).toBeLessThan(sum("honest") * 1.25);
  });

  it("copycat validator: a copied digest is recognised by nobody, so it earns nothing as a validator", async () => {
    const run = await play("copycat-validator");
    expect(run.failures).toEqual([]);
    expect(run.tricks("copied")).toBeGreaterThan(0);
    expect(run.refused("work-unproved")).toBeGreaterThan(0);
    expect(run.refused("work-unproved", "honest")).toBe(0);
    expect(run.paidWei("validation")).toBe(0n);
    expect(run.returns.liars).toBeLessThan(run.returns.honest);
  });

  it("lazy validator: a digest that it made up is recognised by nobody", async () => {
    const run = await play("lazy-validator");
    expect(run.failures).toEqual([]);
    expect(run.tricks("passed unseen")).toBeGreaterThan(0);
    expect(run.refused("work-unproved")).toBeGreaterThan(0);
    expect(run.refused("work-unproved", "honest")).toBe(0);
    expect(run.paidWei("validation")).toBe(0n);
    expect(run.returns.liars).toBeLessThan(run.returns.honest);
  });

  for (const attack of ATTACK_NAMES) {
    it(`colluders, ${attack}: the model learns on, and lying costs more than it brings`, async () => {
      const id = `colluders-${attack}`;
      const run = await play(id);
      const calm = await honestLoss();
      expect(run.failures).toEqual([]);
      expect(run.tricks("poisoned")).toBeGreaterThan(0);
      expect(run.refused("metrics-mismatch") + run.refused("work-unproved") + run.included()).toBeGreaterThan(
        0,
      );
      const base = run.simulation.genesis.model.baseMetrics.lossMicroNats;
      // The surrogate is for the rules; what attacks cost a real model is measured by bench/attack-protocol.ts.
      expect((run.lossMicroNats - calm) / (base - calm)).toBeLessThan(0.05);
      if (run.tricks("reported false metrics") > 0) {
        expect(run.chargedWei("false-metrics")).toBeGreaterThan(0n);
        expect(run.returns.liars).toBeLessThan(0);
      }
    });
  }

  it("colluders with a majority of a committee: who they outvoted disputes, and a jury takes what they staked", async () => {
    const run = await playUntil(
      "colluders-backdoor",
      {},
      ({ tricks, refused }) => tricks("passed a false one") > 0 && refused("work-unproved", "honest") > 0,
    );
    expect(run.failures).toEqual([]);
    expect(run.chargedWei("dispute-bond", "honest")).toBeGreaterThan(0n);
    expect(run.paidWei("bond", "honest")).toBe(run.chargedWei("dispute-bond", "honest"));
    expect(run.chargedWei("wrong-verdict")).toBeGreaterThan(0n);
    expect(run.chargedWei("wrong-verdict", "honest")).toBe(0n);
    expect(run.paidWei("bounty", "honest")).toBeGreaterThan(0n);
  });

  it("metric inflater: is measured again, refused, and charged more than it ever earned", async () => {
    const run = await play("metric-inflater");
    expect(run.failures).toEqual([]);
    expect(run.tricks("inflated")).toBeGreaterThan(0);
    expect(run.refused("metrics-mismatch")).toBeGreaterThan(0);
    expect(run.included()).toBe(0);
    expect(run.chargedWei("false-metrics")).toBeGreaterThan(0n);
    expect(run.returns.liars).toBeLessThan(0);
  });

  it("confidence gamer: gains no more than the formula gives the easiest bucket", async () => {
    const run = await play("confidence-gamer");
    expect(run.failures).toEqual([]);
    expect(run.tricks("chose a bucket")).toBeGreaterThan(0);
    const paidFor = (role: string) => Number(run.paidWei("contribution", role)) / run.included(role);
    const gain = paidFor("confidence-gamer") / paidFor("honest");
    expect(gain).toBeGreaterThan(1);
    expect(gain).toBeLessThan(1 + run.last.parameters.utilityAlphaPpm / 1_000_000);
  });

  it("withholder: pays its bond for every commit that it does not reveal", async () => {
    const run = await play("withholder");
    expect(run.failures).toEqual([]);
    expect(run.tricks("withheld")).toBeGreaterThan(0);
    const { commitBondWei } = run.last.parameters;
    expect(run.chargedWei("withheld-reveal")).toBe(BigInt(run.tricks("withheld")) * commitBondWei);
    expect(run.returns.liars).toBeLessThan(0);
  });

  it("censoring leader: gets no signatures, and the next leader's set has everything in it", async () => {
    const run = await playUntil("censoring-leader", {}, ({ tricks }) => tricks("censored") > 0);
    expect(run.failures).toEqual([]);
    expect(run.results).toHaveLength(EPOCHS);
    const submitted = run.simulation.mesh.packets.filter(({ message }) => message?.kind === "submission");
    expect(run.included("honest") + run.included()).toBe(submitted.length);
  });

  it("equivocator: is shown, loses half of its stake and is out; everybody else goes on with one root", async () => {
    const run = await play("equivocator");
    expect(run.failures).toEqual([]);
    expect(run.tricks("two of commit")).toBeGreaterThan(0);
    expect(run.tricks("two of epoch-vote")).toBeGreaterThan(0);
    expect(run.last.tombstones.size).toBe(run.liars.length);
    expect(run.chargedWei("equivocation")).toBeGreaterThan(0n);
    expect(run.results).toHaveLength(EPOCHS);
    expect(run.returns.liars).toBeLessThan(0);
  });

  it.each([0, 7])("double voter: two votes of one epoch convict it (%i full nodes)", async (fullNodes) => {
    const run = await play("double-voter", { fullNodes });
    expect(run.failures).toEqual([]);
    expect(run.tricks("two votes of one epoch")).toBeGreaterThan(0);
    expect(run.last.tombstones.size).toBe(run.liars.length);
    expect(run.chargedWei("equivocation")).toBeGreaterThan(0n);
    expect(run.results).toHaveLength(EPOCHS);
  });

  it("equivocating leader: who was shown the other set follows the certified one, and its author is out", async () => {
    const run = await playUntil(
      "equivocating-leader",
      { nodes: 14 },
      ({ tricks }) => tricks("two of message-set") > 0,
    );
    expect(run.failures).toEqual([]);
    // One may lead twice before it is out, or for the first time in the last epoch.
    expect(run.last.tombstones.size).toBeGreaterThan(0);
    expect(run.last.tombstones.size).toBeLessThanOrEqual(run.tricks("two of message-set"));
    expect(run.chargedWei("equivocation")).toBeGreaterThan(0n);
    expect(run.results).toHaveLength(EPOCHS);
  });

  it("seed grinder: no bundle moves a committee, and its receipts cost more than they bring", async () => {
    const run = await play("seed-grinder");
    expect(run.failures).toEqual([]);
    expect(run.tricks("tried bundles")).toBeGreaterThan(0);
    expect(run.tricks("moved a committee")).toBe(0);
    expect(run.tricks("tried sets")).toBeGreaterThan(0);
  });

  it("dust spammer: fills neither sets nor the state, and holds nobody up", async () => {
    const run = await play("dust-spammer", { epochs: 4 });
    expect(run.failures).toEqual([]);
    expect(run.tricks("dust")).toBeGreaterThan(500);
    expect(run.results).toHaveLength(4);
    const { proposals, disputes, requests, heldOut } = run.last;
    expect({ proposals: proposals.size, disputes: disputes.size, requests: requests.size, heldOut }).toEqual({
      proposals: 0,
      disputes: 0,
      requests: 0,
      heldOut: null,
    });
    expect(run.returns.liars).toBeLessThan(run.returns.honest);
  });

  it("dispute griefer: juries uphold, and each dispute costs it its bond", async () => {
    const run = await play("dispute-griefer");
    expect(run.failures).toEqual([]);
    expect(run.tricks("disputed")).toBeGreaterThan(0);
    expect(run.chargedWei("dispute-bond")).toBeGreaterThan(0n);
    const overturned = [...run.last.disputes.values()].filter(({ status }) => status === "overturned");
    expect(overturned).toEqual([]);
    expect(run.returns.liars).toBeLessThan(0);
  });

  it("self-dealer: gets back less than the fees of the receipts that it trades with itself", async () => {
    const run = await play("self-dealer");
    expect(run.failures).toEqual([]);
    expect(run.tricks("traded a receipt")).toBeGreaterThan(0);
    const brought = run.paidWei("fee") + run.paidWei("interaction") + run.paidWei("inference");
    expect(brought).toBeGreaterThan(0n);
    expect(brought).toBeLessThan(run.chargedWei("fee"));
  });

  it("sybil swarm: many small stakes earn more than one large one by what log(1 + stake) gives, and certify nothing", async () => {
    const run = await play("sybil-swarm");
    expect(run.failures).toEqual([]);
    expect(run.tricks("submitted again")).toBeGreaterThan(0);
    // By SPEC rewards and draws go with log(1 + stake). Half the stake has log(101) / log(201) of the weight.
    const most = (2 * Math.log2(101)) / Math.log2(201);
    expect(run.returns.liars).toBeLessThan(run.returns.honest * most * 1.15);
    const { entries } = run.last.registry;
    const total = entries.reduce((sum, { stakeWei }) => sum + stakeWei, 0n);
    const swarm = new Set(run.liars.map(({ plan }) => plan.identity.nodeId));
    const own = entries.reduce((sum, { nodeId, stakeWei }) => (swarm.has(nodeId) ? sum + stakeWei : sum), 0n);
    expect(own * 3n).toBeLessThan(total);
  });
});

let calm: Promise<number> | undefined;
afterAll(() => {
  calm = undefined;
});

/** Of the same number of nodes without liars. */
function honestLoss(): Promise<number> {
  calm ??= (async () => {
    const scenario = { ...scenarioOf("calm"), trainersPpm: 600_000 };
    const simulation = new Simulation({ seed: SEED, nodes: NODES, epochs: EPOCHS, scenario, fullNodes: 0 });
    await simulation.run();
    return simulation.certified.at(-1)?.state.modelMetrics.lossMicroNats ?? 0;
  })();
  return calm;
}
