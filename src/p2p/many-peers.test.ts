import "./node-polyfills.ts";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bytesToHex } from "../core/bytes.ts";
import { encodeCbor } from "../core/codec/dag-cbor.ts";
import type { LogSource } from "../ports/log-sync.ts";
import { createNetwork, type Network } from "./node.ts";

/** Node warns of the eleventh listener on one signal: it may be one that nobody takes away. */
const NODES = 13;
const NOTHING_HELD: LogSource = {
  heads: async () => new Map(),
  read: async () => [],
  ingestAll: async () => [],
  find: async () => [],
  votesAfter: async () => [],
};

describe("a node with many peers", () => {
  const networkName = bytesToHex(crypto.getRandomValues(new Uint8Array(8)));
  const place = (index: number): string => `/memory/${networkName}-${index}`;
  const warnings: string[] = [];
  const warned = ({ name, stack }: Error): void => void warnings.push(stack ?? name);
  let hub: Network;
  let others: readonly Network[];

  beforeAll(async () => {
    process.on("warning", warned);
    const [first, ...rest] = await Promise.all(Array.from({ length: NODES }, (_, index) => start(index)));
    if (first === undefined) throw new Error("expected nodes");
    hub = first;
    others = rest;
    for (const other of others) await other.meet(place(0));
    await vi.waitFor(() => expect(hub.gossip.status().peers).toHaveLength(NODES - 1), { timeout: 30_000 });
  }, 60_000);

  afterAll(async () => {
    await Promise.all([hub, ...others].map((network) => network.stop()));
    process.off("warning", warned);
  });

  async function start(index: number): Promise<Network> {
    const network = await createNetwork({
      identitySeed: crypto.getRandomValues(new Uint8Array(32)),
      relays: [],
      networkName,
      blocks: { kind: "memory" },
      localNetwork: true,
      platform: "node",
      inProcess: place(index),
    });
    await network.logSync.start(NOTHING_HELD);
    return network;
  }

  it("asks all of them at once, and answers all of them, without a signal that gathers listeners", async () => {
    const cid = await hub.artifacts.put(encodeCbor({ of: "the hub" }));
    await Promise.all(others.map((other) => other.artifacts.get(cid)));
    expect((await hub.content.holders([cid])).get(cid)).toHaveLength(NODES - 1);
    await hub.logSync.syncWithAll();
    await hub.logSync.fetchVotes("00".repeat(32));
    // Warnings come by themselves, after what they are about.
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  });
});
