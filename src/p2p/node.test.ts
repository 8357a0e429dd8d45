import "./node-polyfills.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Relay, startRelay } from "../../relay/relay.ts";
import { bytesToHex } from "../core/bytes.ts";
import { nodeIdOf } from "../core/identity.ts";
import { describeArtifacts } from "../ports/acceptance/artifacts.ts";
import { describeContent } from "../ports/acceptance/content.ts";
import { describeGossip } from "../ports/acceptance/gossip.ts";
import { describeLogSync } from "../ports/acceptance/log-sync.ts";
import { createNetwork, type Network } from "./node.ts";

let relay: Relay;
const folder = mkdtempSync(join(tmpdir(), "parley-p2p-"));
beforeAll(async () => {
  relay = await startRelay({ port: 0, host: "127.0.0.1", privateKeyFile: join(folder, "key") });
});
afterAll(async () => {
  await relay.stop();
  rmSync(folder, { recursive: true });
});

/** Nodes of one new network over the relay; `listen` makes them reachable without it. */
async function startNodes(count: number, listen: readonly string[]) {
  const networkName = bytesToHex(crypto.getRandomValues(new Uint8Array(8)));
  const nodes = await Promise.all(
    Array.from({ length: count }, async () => {
      const identitySeed = crypto.getRandomValues(new Uint8Array(32));
      const network = await createNetwork({
        identitySeed,
        relays: relay.multiaddrs,
        networkName,
        blocks: { kind: "memory" },
        localNetwork: true,
        platform: "node",
        listen,
      });
      return { nodeId: nodeIdOf(identitySeed), network };
    }),
  );
  const dispose = async (): Promise<void> => {
    await Promise.all(nodes.map(({ network }) => network.stop()));
  };
  return { nodes, dispose };
}

async function connected(networks: readonly Network[]): Promise<void> {
  await Promise.all(
    networks.map(
      ({ gossip }) =>
        new Promise<void>((resolve) => {
          const check = (): void => {
            if (gossip.status().peers.length < networks.length - 1) return;
            stop();
            resolve();
          };
          const stop = gossip.onStatus(check);
          check();
        }),
    ),
  );
}

for (const [how, listen] of [
  ["node processes, direct", ["/ip4/127.0.0.1/tcp/0/ws"]],
  ["node processes, through a relay only", []],
] as const) {
  describeGossip(how, async (count) => {
    const { nodes, dispose } = await startNodes(count, listen);
    return { peers: nodes.map(({ nodeId, network }) => ({ nodeId, gossip: network.gossip })), dispose };
  });
  describeLogSync(how, async (sources) => {
    const { nodes, dispose } = await startNodes(sources.length, listen);
    await Promise.all(
      nodes.map(({ network }, index) => {
        const source = sources[index];
        return source === undefined ? undefined : network.logSync.start(source);
      }),
    );
    return { peers: nodes.map(({ nodeId, network }) => ({ nodeId, logSync: network.logSync })), dispose };
  });
  describeArtifacts(how, async (count) => {
    const { nodes, dispose } = await startNodes(count, listen);
    await connected(nodes.map(({ network }) => network));
    return { peers: nodes.map(({ network }) => network.artifacts), dispose };
  });
  describeContent(how, async (count) => {
    const { nodes, dispose } = await startNodes(count, listen);
    await connected(nodes.map(({ network }) => network));
    const peers = nodes.map(({ nodeId, network: { artifacts, content } }) => ({
      nodeId,
      artifacts,
      content,
    }));
    return { peers, dispose };
  });
}

describe("createNetwork", () => {
  it("links nodes of one process without a relay, where one says how it is met", async () => {
    const networkName = bytesToHex(crypto.getRandomValues(new Uint8Array(8)));
    const [first, second] = ["one", "two"].map((name) => ({
      seed: crypto.getRandomValues(new Uint8Array(32)),
      place: `/memory/${networkName}-${name}`,
    }));
    if (first === undefined || second === undefined) throw new Error("expected two nodes");
    const start = ({ seed, place }: typeof first) =>
      createNetwork({
        identitySeed: seed,
        relays: [],
        networkName,
        blocks: { kind: "memory" },
        localNetwork: true,
        platform: "node",
        inProcess: place,
      });
    const nodes = [await start(first), await start(second)];
    await nodes[1]?.meet(first.place);
    await connected(nodes);
    expect(nodes[0]?.gossip.status().peers.map(({ nodeId }) => nodeId)).toEqual([nodeIdOf(second.seed)]);
    await expect(nodes[0]?.meet(`/memory/${networkName}-three`)).rejects.toThrow();
    await Promise.all(nodes.map((node) => node.stop()));
  });

  it("goes on when a peer that relayed for it goes away, whatever address that had", async () => {
    const networkName = bytesToHex(crypto.getRandomValues(new Uint8Array(8)));
    const start = (name: string) =>
      createNetwork({
        identitySeed: crypto.getRandomValues(new Uint8Array(32)),
        relays: [],
        networkName,
        blocks: { kind: "memory" },
        localNetwork: true,
        platform: "node",
        inProcess: `/memory/${networkName}-${name}`,
      });
    const [staying, leaving] = [await start("staying"), await start("leaving")];
    await staying.meet(`/memory/${networkName}-leaving`);
    const relayed = (isHeld: boolean) =>
      vi.waitFor(() => expect(staying.libp2p.services.reservations.relayingPeers().length > 0).toBe(isHeld), {
        timeout: 20_000,
      });
    await relayed(true);
    await leaving.stop();
    await relayed(false);
    expect(staying.gossip.status().peers).toEqual([]);
    await staying.stop();
  });
});
