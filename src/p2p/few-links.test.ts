import "./node-polyfills.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Relay, startRelay } from "../../relay/relay.ts";
import { bytesToHex } from "../core/bytes.ts";
import { encodeCbor } from "../core/codec/dag-cbor.ts";
import { LinkWish } from "./link-wish.ts";
import { createNetwork, type Network } from "./node.ts";

const NODES = 20;
const CHOSEN = new LinkWish().links(0);

describe("a network of more nodes than a node links with", () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-links-"));
  let relay: Relay;
  let nodes: readonly Network[];

  beforeAll(async () => {
    relay = await startRelay({ port: 0, host: "127.0.0.1", privateKeyFile: join(folder, "key") });
    const networkName = bytesToHex(crypto.getRandomValues(new Uint8Array(8)));
    nodes = await Promise.all(
      Array.from({ length: NODES }, () =>
        createNetwork({
          identitySeed: crypto.getRandomValues(new Uint8Array(32)),
          relays: relay.multiaddrs,
          networkName,
          blocks: { kind: "memory" },
          localNetwork: true,
          platform: "node",
          listen: ["/ip4/127.0.0.1/tcp/0/ws"],
        }),
      ),
    );
    const peersOf = ({ gossip }: Network): number => gossip.status().peers.length;
    await vi.waitFor(() => expect(nodes.every((node) => peersOf(node) >= CHOSEN)).toBe(true), {
      timeout: 60_000,
    });
  }, 90_000);

  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await relay.stop();
    rmSync(folder, { recursive: true });
  }, 30_000);

  const ofRelay = (): string[] => relay.multiaddrs.map((address) => address.split("/p2p/").at(-1) ?? "");
  const begun = ({ libp2p }: Network): number =>
    new Set(
      libp2p
        .getConnections()
        .filter(
          ({ direction, remotePeer }) => direction === "outbound" && !ofRelay().includes(`${remotePeer}`),
        )
        .map(({ remotePeer }) => `${remotePeer}`),
    ).size;

  it("makes a few links each, not all with all, and everybody is reached over them", () => {
    for (const node of nodes) expect(begun(node)).toBeLessThanOrEqual(CHOSEN);
    const links = nodes.reduce((sum, node) => sum + begun(node), 0);
    expect(links).toBeLessThan((NODES * (NODES - 1)) / 2);
    const reached = new Set(nodes.slice(0, 1));
    for (const node of reached) {
      const linked = new Set(node.libp2p.getPeers().map(String));
      for (const other of nodes) if (linked.has(`${other.libp2p.peerId}`)) reached.add(other);
    }
    expect(reached.size).toBe(NODES);
  });

  it("fetches what nobody who is linked holds: then more links are made", async () => {
    const linkedTo = ({ libp2p }: Network): readonly string[] => [
      `${libp2p.peerId}`,
      ...libp2p.getPeers().map(String),
    ];
    const pairs = nodes.map((node) => {
      const linked = linkedTo(node);
      return [node, nodes.find(({ libp2p }) => !linked.includes(`${libp2p.peerId}`))] as const;
    });
    const [first, stranger] = pairs.find(([, other]) => other !== undefined) ?? [];
    if (first === undefined || stranger === undefined) throw new Error("all are linked with all");
    const bytes = encodeCbor({ held: "by a stranger" });
    const cid = await stranger.artifacts.put(bytes);
    expect(await first.artifacts.get(cid, { timeoutMs: 60_000 })).toEqual(bytes);
    expect(first.libp2p.getPeers().map(String)).toContain(`${stranger.libp2p.peerId}`);
  }, 70_000);
});
