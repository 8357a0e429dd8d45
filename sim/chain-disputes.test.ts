import { beforeEach, describe, expect, it } from "vitest";
import { Court } from "../src/app/disputes/court.ts";
import { Disputes } from "../src/app/disputes/disputes.ts";
import { Governance } from "../src/app/governance/governance-service.ts";
import { localEngine } from "../src/app/node/engine.ts";
import { Outbox } from "../src/app/outbox/outbox.ts";
import type { DisputeAct } from "../src/app/parley.ts";
import { compareText } from "../src/core/bytes.ts";
import { type SimulatedNode, World } from "./world.ts";

const HOUR_MS = 3_600_000;
const BLOCKS_UNTIL_DRAW = 5;
const SETTLE_MS = 5_000;

interface Member {
  readonly node: SimulatedNode;
  readonly disputes: Disputes;
}

let world: World;
let members: Member[];

/** Four stakes, and one epoch that all have followed. */
beforeEach(async () => {
  world = new World({ challengeMs: HOUR_MS });
  members = [];
  for (const name of ["first", "second", "third", "fourth"]) {
    const node = await world.addNode(name);
    members.push({ node, disputes: disputesOf(node) });
  }
  await runEpoch(
    world,
    members.map(({ node }) => node),
  );
});

/** One epoch in which something happens. */
async function runEpoch(of: World, nodes: readonly SimulatedNode[]): Promise<void> {
  for (const { runner } of nodes) await runner.startDonating();
  await of.advanceToEpoch(0);
  await of.clock.advance(2_000);
  const [node] = nodes;
  if (node === undefined) throw new Error("expected a node");
  const outbox = new Outbox(node.dependencies, node.runner);
  await outbox.start();
  const governance = new Governance(node.dependencies, node.runner, outbox);
  await governance.start();
  await governance.propose("A question", "Is this one?", null);
  await of.advanceToEpoch(1);
  await of.clock.advance(SETTLE_MS);
}

/** Four nodes, of which the last one's engine comes to other states, or other dues, than the others'. */
async function worldWithDissenter(field: "stateRoot" | "claimsRoot") {
  const other = new World({ challengeMs: HOUR_MS });
  const nodes = [];
  for (const name of ["first", "second", "third"]) nodes.push(await other.addNode(name));
  const right = localEngine(other.genesis);
  const engine: typeof right = {
    ...right,
    transition: async (...args) => {
      const result = await right.transition(...args);
      const root = { ...result.root, [field]: "e".repeat(64) };
      return { ...result, stateRoot: root.stateRoot, root };
    },
  };
  nodes.push(await other.addNode("dissenter", undefined, { engine }));
  await runEpoch(other, nodes);
  return { world: other, nodes };
}

function disputesOf({ dependencies, runner }: SimulatedNode): Disputes {
  return new Disputes({ dependencies, ledger: runner.ledger, log: runner.log, epochs: runner.epochs });
}

function member(index: number): Member {
  const found = members[index];
  if (found === undefined) throw new Error(`no member ${index}`);
  return found;
}

/** Everybody looks; what the member sees of the only dispute. */
async function seen(index: number) {
  await member(index).disputes.look();
  return member(index).disputes.state.value.disputes[0];
}

async function act(index: number, what: DisputeAct): Promise<void> {
  expect((await seen(index))?.acts).toContain(what);
  await member(index).disputes.act({ act: what, dispute: 1 });
}

async function drawJury(): Promise<void> {
  for (let block = 0; block < BLOCKS_UNTIL_DRAW; block++) world.chain.mineEmpty();
  await act(0, "draw");
}

/** All operators sign other dues in the place of those that they have computed, and one sends it. */
async function anchorOtherDues(epoch: number): Promise<void> {
  const { blockNumber } = await world.chain.registryAt(world.clock.nowMs());
  world.chain.mineEmpty();
  const own = await member(0).node.runner.ledger.ownRoot(0);
  if (own === undefined) throw new Error("expected a finished epoch");
  const root = { ...own, epoch, claimsRoot: "e".repeat(64), snapshotBlock: blockNumber };
  const operators = members
    .map(({ node }) => node.dependencies.operator)
    .sort((a, b) => compareText(a.address, b.address));
  const signatures = await Promise.all(
    operators.map(async (operator) => ({ operator: operator.address, signature: await operator.sign(root) })),
  );
  await member(0).node.wallet.anchor({ root, signatures });
}

describe("disputes about anchored roots", () => {
  it("a jury of nodes that computed the same root upholds it; the disputer loses the bond, jurors are paid", async () => {
    await member(0).node.runner.anchor();
    // The node looks at the chain every few seconds.
    await world.clock.advance(SETTLE_MS);
    await seen(1);
    expect(member(1).disputes.state.value.challenges.get(0)).toMatchObject({
      finding: "same",
      isHeldUp: false,
    });
    await member(1).disputes.act({ act: "open", epoch: 0, reason: "The loss looks wrong." });
    await drawJury();
    for (const index of members.keys()) {
      expect((await seen(index))?.ownSeats).toBeGreaterThan(0);
      await act(index, "rule");
      expect((await seen(index))?.acts).not.toContain("rule");
    }
    await act(2, "close");
    expect(await seen(3)).toMatchObject({ status: "upheld", finding: "same", hasRuled: true });
    expect((await seen(3))?.reasonText).toBe("The loss looks wrong.");
    const { dueWei = 0n } = (await seen(3)) ?? {};
    expect(dueWei).toBeGreaterThan(0n);
    const account = member(3).node.wallet.account() ?? "0x";
    const balanceWei = await world.chain.tokenBalanceWei(account);
    await act(3, "collect");
    expect(await world.chain.tokenBalanceWei(account)).toBe(balanceWei + dueWei);
    expect((await seen(3))?.acts).toEqual([]);
  });

  it("a root with other dues is overturned, though they signed it", async () => {
    await anchorOtherDues(0);
    await member(1).disputes.act({ act: "open", epoch: 0, reason: "These are not the dues." });
    await drawJury();
    for (const index of members.keys()) {
      expect((await seen(index))?.finding).toBe("other");
      await act(index, "rule");
    }
    await act(0, "close");
    expect((await seen(0))?.status).toBe("overturned");
    expect(await world.chain.lastAnchoredEpoch()).toBeUndefined();
  });

  it("a node signs no ruling about an epoch that it has not computed", async () => {
    await anchorOtherDues(7);
    await member(1).disputes.act({ act: "open", epoch: 7, reason: "What is this?" });
    await drawJury();
    expect(await seen(2)).toMatchObject({ finding: "unknown", acts: [] });
    await expect(member(2).disputes.act({ act: "rule", dispute: 1 })).rejects.toThrow(
      expect.objectContaining({ code: "finding-unknown" }),
    );
    expect((await seen(2))?.seats).toEqual({ uphold: 0, overturn: 0, deeper: 0 });
  });

  it.each([
    ["state", "stateRoot"],
    ["dues", "claimsRoot"],
  ] as const)(
    "a node that alone has computed another root of the %s follows nobody, finds the anchored one wrong, and rules so",
    async (_, field) => {
      const { world: other, nodes } = await worldWithDissenter(field);
      await nodes.at(0)?.runner.anchor();
      const [first, dissenter] = [nodes.at(0), nodes.at(-1)];
      if (first === undefined || dissenter === undefined) throw new Error("expected nodes");
      const epochs = [first, dissenter].map(({ runner }) => runner.ledger.head.value.state.epoch);
      expect(epochs).toEqual([0, -1]);
      const disputes = disputesOf(dissenter);
      await disputes.act({ act: "open", epoch: 0, reason: "I computed another root." });
      for (let block = 0; block < BLOCKS_UNTIL_DRAW; block++) other.chain.mineEmpty();
      await disputes.act({ act: "draw", dispute: 1 });
      expect(disputes.state.value.disputes[0]?.finding).toBe("other");
      await disputes.act({ act: "rule", dispute: 1 });
      expect(disputes.state.value.disputes[0]?.seats.overturn).toBeGreaterThan(0);
      expect(disputes.state.value.disputes[0]?.seats.uphold).toBe(0);
      const others = disputesOf(first);
      await others.look();
      expect(others.state.value.disputes[0]?.finding).toBe("same");
    },
  );

  it("asks for a reason before the wallet is asked for a bond", async () => {
    await member(0).node.runner.anchor();
    const asked = member(1).node.wallet.timesAsked;
    for (const reason of ["  ", "x".repeat(2_001)]) {
      await expect(member(1).disputes.act({ act: "open", epoch: 0, reason })).rejects.toThrow(
        expect.objectContaining({ code: "dispute-reason" }),
      );
    }
    expect(member(1).node.wallet.timesAsked).toBe(asked);
  });
});

describe("reads of disputes", () => {
  it("are of the head alone while no block comes", async () => {
    await member(0).node.runner.anchor();
    await world.clock.advance(SETTLE_MS);
    const { node } = member(0);
    const asked: string[] = [];
    const chain = new Proxy(world.chain, {
      get(target, name) {
        const read: unknown = Reflect.get(target, name, target);
        if (typeof read !== "function") return read;
        return (...args: unknown[]) => {
          asked.push(String(name));
          return Reflect.apply(read, target, args);
        };
      },
    });
    const disputes = disputesOf({ ...node, dependencies: { ...node.dependencies, chain } });
    await disputes.look();
    expect(disputes.state.value.challenges.get(0)?.finding).toBe("same");
    asked.length = 0;
    await disputes.look();
    expect(asked).toEqual(["head"]);
    world.chain.mineEmpty();
    asked.length = 0;
    await disputes.look();
    expect(asked).toEqual(["head", "challengesOf", "disputes"]);
    // No faster than blocks come on a public chain: at most once in 12 s.
    disputes.start();
    await world.clock.advance(0);
    asked.length = 0;
    await world.clock.advance(60_000);
    expect(asked.filter((name) => name === "head")).toHaveLength(5);
    disputes.stop();
  });
});

describe("nodes that judge by themselves", () => {
  const LOOK_MS = 2_000;

  function courts(done: string[]): readonly Court[] {
    return members.map(({ node, disputes }, index) => {
      const { clock, identity } = node.dependencies;
      return new Court({
        clock,
        disputes,
        self: identity.nodeId,
        validators: () => node.runner.ledger.head.value.state.registry.entries.map(({ nodeId }) => nodeId),
        gas: () => undefined,
        onDone: (step) =>
          done.push(
            step.act === "report" ? `report by ${index}: ${step.evidence.id}` : `${step.act} by ${index}`,
          ),
        onFailed: ({ act }, thrown) => done.push(`${act} failed: ${String(thrown)}`),
      });
    });
  }

  async function goOn(of: readonly Court[], durationMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += LOOK_MS) {
      world.chain.mineEmpty();
      for (const [index, court] of of.entries()) {
        await member(index).disputes.look();
        await court.look();
      }
      await world.clock.advance(LOOK_MS);
    }
  }

  const count = (done: readonly string[], act: DisputeAct) =>
    done.filter((line) => line.startsWith(`${act} by`)).length;

  it("bring a dispute to its end without a click: drawn once, ruled by whom it takes, closed once, pay collected", async () => {
    await member(0).node.runner.anchor();
    await world.clock.advance(SETTLE_MS);
    await member(1).disputes.act({ act: "open", epoch: 0, reason: "The loss looks wrong." });
    const done: string[] = [];
    await goOn(courts(done), 90_000);
    expect((await seen(0))?.status).toBe("upheld");
    expect(done.filter((line) => line.includes("failed"))).toEqual([]);
    expect([count(done, "draw"), count(done, "close")]).toEqual([1, 1]);
    expect(count(done, "rule")).toBeGreaterThan(1);
    // Whoever ruled is paid.
    expect(count(done, "collect")).toBe(count(done, "rule"));
    for (const index of members.keys()) expect((await seen(index))?.acts).not.toContain("collect");
  });

  it("overturn a root with other dues", async () => {
    await anchorOtherDues(0);
    await member(1).disputes.act({ act: "open", epoch: 0, reason: "These are not the dues." });
    await goOn(courts([]), 90_000);
    expect((await seen(0))?.status).toBe("overturned");
  });

  it("rule nothing about an epoch that none of them has computed, and close when the time is over", async () => {
    await anchorOtherDues(7);
    await member(1).disputes.act({ act: "open", epoch: 7, reason: "What is this?" });
    const done: string[] = [];
    await goOn(courts(done), 260_000);
    expect((await seen(0))?.status).toBe("expired");
    expect([count(done, "rule"), count(done, "draw"), count(done, "close")]).toEqual([0, 2, 2]);
  });

  it("report who signed a root that a jury has overturned, each offence once", async () => {
    await anchorOtherDues(0);
    // What the validators signed goes round as votes.
    for (const { node } of members.slice(0, 2)) await sayOtherDues(node);
    await world.clock.advance(SETTLE_MS);
    await member(1).disputes.act({ act: "open", epoch: 0, reason: "These are not the dues." });
    const done: string[] = [];
    const stakesWei = () =>
      Promise.all(
        members.map(async ({ node }) => {
          const entry = await world.chain.stakeOf(node.dependencies.identity.nodeId);
          return entry?.stakeWei ?? 0n;
        }),
      );
    const before = await stakesWei();
    await goOn(courts(done), 120_000);
    expect((await seen(0))?.status).toBe("overturned");
    const reported = done.flatMap((line) => /^report by \d: (.*)$/.exec(line)?.[1] ?? []);
    expect(new Set(reported).size).toBe(reported.length);
    const liars = members.slice(0, 2).map(({ node }) => node.dependencies.identity.nodeId);
    for (const liar of liars) expect(reported).toContain(`refuted-root 0 ${liar}`);
    const after = await stakesWei();
    expect(after.map((wei, index) => wei < (before[index] ?? 0n))).toEqual([true, true, false, false]);
    for (const { disputes } of members) expect(disputes.state.value.evidence).toEqual([]);
  });

  async function sayOtherDues({ dependencies, runner }: SimulatedNode): Promise<void> {
    const record = await world.chain.anchoredRecord(0);
    const [vote] = await runner.log.ofEpoch(0, "epoch-vote");
    if (record === undefined || vote === undefined) throw new Error("expected an anchored epoch with votes");
    const { round, messageSet } = vote.envelope.body;
    const signature = await dependencies.operator.sign(record.root);
    await runner.log.append("epoch-vote", {
      epoch: 0,
      round,
      messageSet,
      root: record.root,
      operatorSignature: signature.replace(/^0x/, ""),
    });
  }
});
