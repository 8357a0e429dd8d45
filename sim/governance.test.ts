import { beforeEach, describe, expect, it } from "vitest";
import { Governance } from "../src/app/governance/governance-service.ts";
import { Outbox } from "../src/app/outbox/outbox.ts";
import type { ProposalSummary } from "../src/app/parley.ts";
import type { Cid } from "../src/core/primitives.ts";
import { type SimulatedNode, World } from "./world.ts";

interface Member {
  readonly node: SimulatedNode;
  readonly governance: Governance;
}

const TITLE = "Shorter epochs";
const SETTLE_MS = 5_000;

let world: World;
let members: Member[];
let stakeWei: bigint;

/** Three members and the voter, all staked, with one open proposal. */
beforeEach(async () => {
  world = new World();
  stakeWei = world.genesis.parameters.minimumStakeWei;
  members = [];
  for (const name of ["proposer", "voter", "third", "fourth"]) members.push(await join(name));
  for (const { node } of members) await node.runner.startDonating();
  await world.advanceToEpoch(0);
  await world.clock.advance(2_000);
  await member(0).governance.propose(TITLE, "Ten seconds are enough.", null);
  await endOfEpoch(0);
  expect(everybodySees()).toEqual(
    members.map(() => ({ state: "open", forWei: 0n, againstWei: 0n, abstainWei: 0n })),
  );
});

async function join(name: string, disk?: SimulatedNode["disk"]): Promise<Member> {
  const node = await world.addNode(name, disk);
  const outbox = new Outbox(node.dependencies, node.runner);
  await outbox.start();
  const governance = new Governance(node.dependencies, node.runner, outbox);
  await governance.start();
  return { node, governance };
}

function member(index: number): Member {
  const found = members[index];
  if (found === undefined) throw new Error(`no member ${index}`);
  return found;
}

function setVoterOnline(online: boolean): void {
  world.network.setOnline(member(1).node.dependencies.identity.nodeId, online);
}

async function reopenVoter(): Promise<void> {
  const { node } = member(1);
  await world.kill(node);
  members[1] = await join(node.name, node.disk);
}

async function endOfEpoch(epoch: number): Promise<void> {
  await world.advanceToEpoch(epoch + 1);
  await world.clock.advance(SETTLE_MS);
}

function proposal({ governance }: Member): ProposalSummary {
  const found = governance.proposals.value.find(({ title }) => title === TITLE);
  if (found === undefined) throw new Error("the proposal is not shown");
  return found;
}

const cid = (): Cid => proposal(member(0)).cid;
const ballot = () => proposal(member(1)).myBallot;
const vote = (choice: "for" | "against") => member(1).governance.vote(cid(), choice);
const everybodySees = () =>
  members.map((each) => {
    const { state, forWei, againstWei, abstainWei } = proposal(each);
    return { state, forWei, againstWei, abstainWei };
  });

describe("a ballot", () => {
  it("signed without peers is kept over a reload, delivered by the next sync and counted once by all", async () => {
    setVoterOnline(false);
    await vote("for");
    await world.clock.advance(SETTLE_MS);
    expect(ballot()).toEqual({ choice: "for", delivery: "waiting" });
    await reopenVoter();
    await world.clock.advance(SETTLE_MS);
    expect(ballot()).toEqual({ choice: "for", delivery: "waiting" });

    setVoterOnline(true);
    await world.clock.advance(SETTLE_MS);
    expect(ballot()).toMatchObject({ delivery: "delivered", detail: "a peer has it" });

    await endOfEpoch(1);
    const expected = members.map(() => ({ state: "open", forWei: stakeWei, againstWei: 0n, abstainWei: 0n }));
    expect(everybodySees()).toEqual(expected);
    expect(ballot()).toEqual({ choice: "for", delivery: "counted" });
    await endOfEpoch(2);
    expect(everybodySees()).toEqual(expected);
  });

  it("is replaced by a later one of the same voter", async () => {
    await vote("for");
    await endOfEpoch(1);
    await vote("against");
    await endOfEpoch(2);
    expect(everybodySees()).toEqual(
      members.map(() => ({ state: "open", forWei: 0n, againstWei: stakeWei, abstainWei: 0n })),
    );
    expect(ballot()).toEqual({ choice: "against", delivery: "counted" });
  });

  it("counts as the later one when both come in one epoch", async () => {
    await vote("for");
    await vote("against");
    await endOfEpoch(1);
    expect(everybodySees()).toEqual(
      members.map(() => ({ state: "open", forWei: 0n, againstWei: stakeWei, abstainWei: 0n })),
    );
    const outbox = (await member(1).node.store.listOutbox()).filter(({ kind }) => kind === "ballot");
    expect(outbox.map(({ state }) => state).sort()).toEqual(["counted", "refused"]);
  });

  it("still on its way when voting closes is refused, and says so", async () => {
    setVoterOnline(false);
    await vote("for");
    await endOfEpoch(3);
    setVoterOnline(true);
    await endOfEpoch(4);
    expect(everybodySees()).toEqual(
      members.map(() => ({ state: "failed", forWei: 0n, againstWei: 0n, abstainWei: 0n })),
    );
    expect(ballot()).toEqual({
      choice: "for",
      delivery: "refused",
      detail: "It arrived after voting had closed.",
    });
  });

  it("is not signed at all once voting is over", async () => {
    await endOfEpoch(4);
    await expect(vote("for")).rejects.toMatchObject({ code: "voting-closed" });
    expect(ballot()).toBeUndefined();
  });

  it("counted while its voter's page went away is shown as counted afterwards", async () => {
    await vote("for");
    await endOfEpoch(1);
    const [entry] = (await member(1).node.store.listOutbox()).filter(({ kind }) => kind === "ballot");
    if (entry === undefined) throw new Error("the ballot is not in the outbox");
    await member(1).node.store.putOutbox({ ...entry, state: "delivered" });
    await reopenVoter();
    expect(ballot()).toEqual({ choice: "for", delivery: "counted" });
  });
});

describe("a change of rules", () => {
  const change = { committeeSize: 5, quorumPpm: 250_000 };

  it("that passes holds for everybody from the epoch on that counts the votes", async () => {
    await member(3).governance.propose("Five validators", "Three are too few.", change);
    await endOfEpoch(1);
    const found = ({ governance }: Member) =>
      governance.proposals.value.find(({ title }) => title === "Five validators");
    const target = found(member(0))?.cid ?? "";
    for (const { governance } of members.slice(0, 3)) await governance.vote(target, "for");
    await endOfEpoch(2);
    expect(member(0).governance.parameters.value).toMatchObject({ committeeSize: 3 });
    await endOfEpoch(5);
    for (const each of members) {
      expect(found(each)).toMatchObject({
        state: "passed",
        changes: change,
        replaced: { committeeSize: 3, quorumPpm: 100_000 },
      });
      expect(each.governance.parameters.value).toMatchObject(change);
    }
  });

  it("that does not fit the others is refused before it is signed", async () => {
    const before = member(3).governance.proposals.value.length;
    const attempt = member(3).governance.propose("More", "For the foundation.", {
      foundationSharePpm: 500_000,
    });
    await expect(attempt).rejects.toMatchObject({ code: "parameter-rule" });
    expect(member(3).governance.proposals.value).toHaveLength(before);
  });
});
