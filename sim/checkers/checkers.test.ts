import { describe, expect, it } from "vitest";
import { genesisCid } from "../../src/core/artifacts/genesis.ts";
import { genesisState, stateRoot } from "../../src/core/artifacts/state.ts";
import { epochStartMs } from "../../src/core/epoch/clock.ts";
import { type ErrorData, failure } from "../../src/core/errors.ts";
import type { State } from "../../src/core/state.ts";
import { Mesh } from "../engine/mesh.ts";
import { populate } from "../engine/population.ts";
import { EventQueue } from "../engine/queue.ts";
import { SharedWork } from "../engine/shared-work.ts";
import { simulatedGenesis } from "../genesis.ts";
import type { NodeHead, SimulatedNode } from "../nodes/node.ts";
import type { Checker, Watched } from "./checker.ts";
import { conservation } from "./conservation.ts";
import { liarsLose } from "./liars-lose.ts";
import { nothingLost } from "./nothing-lost.ts";
import { roots } from "./roots.ts";

const genesis = simulatedGenesis();
const TOKEN_WEI = 10n ** 18n;

/** A node that only shows what a test wants it to show. */
function shown(plan: SimulatedNode["plan"], head: NodeHead, own: readonly string[] = []): SimulatedNode {
  const nothing = (): void => {};
  return {
    plan,
    kind: "light",
    condition: "awake",
    head,
    onAdopted: undefined,
    start: async () => {},
    train: nothing,
    sleep: nothing,
    wake: nothing,
    crash: nothing,
    setDiskFull: nothing,
    setClock: nothing,
    ownMessages: () => own,
    holds: () => true,
    anchor: async () => {},
  };
}

function headOf(changes: Partial<State>): NodeHead {
  const state = { ...genesisState(genesis), ...changes };
  return { state, root: stateRoot(state) };
}

/** Two honest nodes and one liar, and what a checker says of them. */
function watch(make: (watched: Watched) => Checker, certified: NodeHead[] = []) {
  const plans = populate(genesis, "checkers", 3, [
    { adversary: "liar", nodesPpm: 300_000, stakePpm: 300_000 },
  ]);
  const queue = new EventQueue(epochStartMs(genesis, 0));
  const work = new SharedWork(genesis, genesisCid(genesis), "checkers");
  const nodeIds = plans.map(({ identity }) => identity.nodeId);
  const mesh = new Mesh({ queue, work, seed: "checkers", nodeIds });
  const nodes = plans.map((plan) => shown(plan, headOf({})));
  const failed: ErrorData[] = [];
  const checker = make({
    genesis,
    mesh,
    work,
    nodes,
    honest: nodes.filter(({ plan }) => plan.role === "honest"),
    faults: [],
    weather: { touched: new Set(), active: [] },
    certified,
    queue,
    chain: { reachable: true, anchoredNow: () => undefined },
    fail: (_, error) => failed.push(error),
  });
  const nodeAt = (index: number): SimulatedNode => {
    const node = nodes[index];
    if (node === undefined) throw failure("simulation-settings", "There is no such node");
    return node;
  };
  return { checker, mesh, nodeAt, codes: () => failed.map(({ code }) => code) };
}

describe("checkers", () => {
  it("see two roots of one epoch, and two states that follow one", () => {
    const { checker, nodeAt, codes } = watch(roots);
    checker.onAdopted?.(nodeAt(0), headOf({ epoch: 0 }));
    checker.onAdopted?.(nodeAt(1), headOf({ epoch: 0 }));
    expect(codes()).toEqual([]);
    checker.onAdopted?.(nodeAt(1), headOf({ epoch: 1 }));
    expect(codes()).toEqual(["roots-differ"]);
    checker.onAdopted?.(nodeAt(1), headOf({ epoch: 0, issuedWei: 1n }));
    expect(codes().length).toBeGreaterThan(1);
  });

  it("see a node that lost a message of its own, or went back", () => {
    const { checker, nodeAt, codes } = watch(nothingLost);
    const before = shown(nodeAt(0).plan, headOf({ epoch: 3 }), ["a", "b"]);
    checker.onAdopted?.(before, before.head);
    checker.onCrash?.(before);
    checker.onRevived?.(before);
    expect(codes()).toEqual([]);
    const forgetful = Object.assign(before, { ownMessages: () => ["a"], head: headOf({ epoch: 2 }) });
    checker.onRevived?.(forgetful);
    expect(codes()).toEqual(["own-message-lost", "rolled-back"]);
  });

  it("see a node that lost a message of another that it had accepted", () => {
    const { checker, nodeAt, codes, mesh } = watch(nothingLost);
    const { cid } = mesh.packetOf("commit", new Uint8Array([1]));
    const node = nodeAt(0);
    checker.onCrash?.(node);
    checker.onRevived?.(node);
    expect(codes()).toEqual([]);
    checker.onRevived?.(Object.assign(node, { holds: (held: string) => held !== cid }));
    expect(codes()).toEqual(["message-lost"]);
  });

  it("see money from nowhere", () => {
    const { checker, nodeAt, codes } = watch(conservation);
    checker.onAdopted?.(nodeAt(0), headOf({}));
    checker.onAdopted?.(nodeAt(0), headOf({ balancesDue: new Map([[nodeAt(0).plan.account, 1n]]) }));
    expect(codes()).toEqual(["not-conserved"]);
  });

  it("see a liar that earns as well as honest nodes, and none that earns less", () => {
    const due = (index: number, wei: bigint, nodeAt: (index: number) => SimulatedNode) =>
      [nodeAt(index).plan.account, wei] as const;
    for (const [liarsWei, expected] of [
      [TOKEN_WEI, ["lying-pays"]],
      [TOKEN_WEI / 10n, []],
    ] as const) {
      const certified: NodeHead[] = [];
      const { checker, nodeAt, codes } = watch(liarsLose, certified);
      const balancesDue = new Map([
        due(0, TOKEN_WEI, nodeAt),
        due(1, TOKEN_WEI, nodeAt),
        due(2, liarsWei, nodeAt),
      ]);
      certified.push(headOf({ balancesDue }));
      checker.onEnd?.();
      expect(codes()).toEqual(expected);
    }
  });
});
