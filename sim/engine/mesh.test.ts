import { describe, expect, it } from "vitest";
import { genesisCid } from "../../src/core/artifacts/genesis.ts";
import type { NodeId } from "../../src/core/primitives.ts";
import { simulatedGenesis } from "../genesis.ts";
import { Mesh, type Station } from "./mesh.ts";
import type { Packet } from "./packet.ts";
import { EventQueue } from "./queue.ts";
import { SharedWork } from "./shared-work.ts";

const nodeIdAt = (index: number): NodeId => (index + 1).toString(16).padStart(64, "0");

/** Stations that accept and pass on everything, and remember who heard what from whom. */
function meshOf(nodes: number) {
  const genesis = simulatedGenesis();
  const queue = new EventQueue(0);
  const work = new SharedWork(genesis, genesisCid(genesis), "mesh test");
  const nodeIds = Array.from({ length: nodes }, (_, index) => nodeIdAt(index));
  const mesh = new Mesh({ queue, work, seed: "mesh test", nodeIds });
  const heard = nodeIds.map((): { packet: Packet; from: number; atMs: number }[] => []);
  nodeIds.forEach((nodeId, index) => {
    const station: Station = {
      nodeId,
      receive(packet, from) {
        heard[index]?.push({ packet, from, atMs: queue.nowMs() });
        return true;
      },
    };
    mesh.attach(index, station);
  });
  const settle = (untilMs: number): void => {
    for (let next = queue.nextMs(); next !== undefined && next <= untilMs; next = queue.nextMs()) {
      queue.runNext(mesh.arrive);
    }
    queue.skipTo(untilMs);
  };
  const publish = (text: string, from: number): void => {
    mesh.publish(mesh.packetOf("commit", new TextEncoder().encode(text)), from);
  };
  return { mesh, queue, heard, settle, publish, counts: () => heard.map((some) => some.length) };
}

describe("a mesh", () => {
  it("brings a message to everybody once, over neighbours of bounded number", () => {
    const { mesh, settle, publish, counts } = meshOf(60);
    publish("hello", 7);
    settle(5_000);
    expect(counts()).toEqual(Array.from({ length: 60 }, (_, index) => (index === 7 ? 0 : 1)));
    for (let index = 0; index < 60; index++) expect(mesh.neighbours(index).length).toBeLessThanOrEqual(8);
  });

  it("keeps sides of a partition apart until it heals", () => {
    const { mesh, settle, publish, counts } = meshOf(8);
    mesh.partition([[0, 1, 2]]);
    publish("here", 0);
    settle(5_000);
    expect(counts()).toEqual([0, 1, 1, 0, 0, 0, 0, 0]);
    mesh.partition([]);
    publish("everywhere", 0);
    settle(10_000);
    expect(counts()).toEqual([0, 2, 2, 1, 1, 1, 1, 1]);
  });

  it("loses what goes one way over an asymmetric link, and not what comes back", () => {
    const { mesh, settle, publish, counts } = meshOf(2);
    mesh.setDeaf(0, 1, true);
    publish("unheard", 0);
    publish("heard", 1);
    settle(5_000);
    expect(counts()).toEqual([1, 0]);
    expect(mesh.lost).toBe(1);
    expect(mesh.linked(0, 1)).toBe(false);
  });

  it("keeps the order of one link, unless the network is rough", () => {
    const order = (reorderMs: number): readonly number[] => {
      const { mesh, heard, settle, publish } = meshOf(2);
      mesh.setRough({ lossPpm: 0, duplicatePpm: 0, reorderMs });
      for (let at = 0; at < 40; at++) publish(`message ${at}`, 0);
      settle(60_000);
      return (heard[1] ?? []).map(({ packet }) => packet.index);
    };
    const calm = order(0);
    expect(calm).toEqual(calm.toSorted((a, b) => a - b));
    expect(calm).toHaveLength(40);
    const rough = order(2_000);
    expect(rough).not.toEqual(rough.toSorted((a, b) => a - b));
    expect(rough).toHaveLength(40);
  });

  it("loses its share of sends, and hands doubled ones over once", () => {
    const { mesh, settle, publish, counts } = meshOf(2);
    mesh.setRough({ lossPpm: 250_000, duplicatePpm: 500_000, reorderMs: 0 });
    for (let at = 0; at < 400; at++) publish(`message ${at}`, 0);
    settle(60_000);
    expect(mesh.lost).toBeGreaterThan(60);
    expect(mesh.lost).toBeLessThan(140);
    expect(counts()[1]).toBe(400 - mesh.lost);
  });

  it("reaches no node that is off, and not what was under way to it", () => {
    const { mesh, settle, publish, counts } = meshOf(3);
    publish("too late", 0);
    mesh.setOnline(2, false);
    settle(5_000);
    expect(counts()).toEqual([0, 1, 0]);
  });
});
