import { beforeEach, describe, expect, it } from "vitest";
import { genesisCid } from "../src/core/artifacts/genesis.ts";
import { LIMITS } from "../src/core/limits.ts";
import { signMessage } from "../src/core/messages/message.ts";
import { topicOf } from "../src/core/messages/topics.ts";
import { type SimulatedNode, World } from "./world.ts";

let world: World;
let nodes: SimulatedNode[];

beforeEach(async () => {
  world = new World();
  nodes = [];
  for (const name of ["first", "second", "third"]) nodes.push(await world.addNode(name));
  for (const { runner } of nodes) await runner.startDonating();
  await world.advanceToEpoch(1);
  await world.clock.advance(2_000);
});

function at(index: number): SimulatedNode {
  const node = nodes[index];
  if (node === undefined) throw new Error(`no node ${index}`);
  return node;
}

function refusals(node: SimulatedNode): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const codes of Object.values(node.network.gossip.status().refused))
    for (const [code, count] of Object.entries(codes)) sums[code] = (sums[code] ?? 0) + count;
  return sums;
}

const heldOf = async (node: SimulatedNode, author: SimulatedNode): Promise<number> =>
  (await node.store.logHeads()).get(author.dependencies.identity.nodeId) ?? 0;

describe("nodes at the edge of gossip", () => {
  it("pass on a burst of one author and no more, and lose nothing: sync brings the rest", async () => {
    const { burst } = LIMITS.gossipAuthorQuota.govern;
    const before = await heldOf(at(1), at(0));
    const dust = burst + 40;
    for (let index = 0; index < dust; index++) {
      const { deliveredTo } = await at(0).runner.log.append("ballot", {
        proposal: genesisCid(world.genesis),
        choice: "for",
      });
      await deliveredTo;
    }
    await world.clock.advance(0);
    expect(await heldOf(at(1), at(0))).toBe(before + burst);
    expect(refusals(at(1))["author-quota"]).toBe(dust - burst);
    await at(1).dependencies.logSync.syncWithAll();
    await world.clock.advance(1_000);
    expect(await heldOf(at(1), at(0))).toBe(before + dust);
  });

  it("refuse a kind on the topic of another class", async () => {
    const { networkCid, identity } = at(0).dependencies;
    const { bytes } = signMessage({
      network: networkCid,
      secretKey: identity.secretKey,
      sequence: 0,
      previous: null,
      timestampMs: world.clock.nowMs(),
      kind: "ballot",
      body: { proposal: networkCid, choice: "for" },
    });
    await at(0).network.gossip.publish(topicOf(networkCid, "vote"), bytes);
    await world.clock.advance(1_000);
    expect(refusals(at(1))["wrong-topic"]).toBe(1);
  });

  it("do not listen to a message of epochs ago that is played again", async () => {
    const { networkCid, identity } = at(0).dependencies;
    const { bytes } = signMessage({
      network: networkCid,
      secretKey: identity.secretKey,
      sequence: await heldOf(at(1), at(0)),
      previous: (await at(0).store.messagesOfAuthor(identity.nodeId, 0, 1_000)).at(-1)?.cid ?? null,
      timestampMs: world.genesis.startMs,
      kind: "commit",
      body: { epoch: 0, commitment: "ab".repeat(32), bondWei: 0n },
    });
    await world.advanceToEpoch(4);
    await at(0).network.gossip.publish(topicOf(networkCid, "commit"), bytes);
    await world.clock.advance(1_000);
    expect(refusals(at(1))["out-of-phase"]).toBe(1);
  });
});
