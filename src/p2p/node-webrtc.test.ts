import "./node-polyfills.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { multiaddr } from "@multiformats/multiaddr";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Relay, startRelay } from "../../relay/relay.ts";
import { MemoryStore } from "../../sim/adapters/store.ts";
import { createNetwork, type Network, type NetworkOptions } from "./node.ts";
import { keptCertificate, repairNodeWebRtc } from "./node-webrtc.ts";
import { statsSourceOf, usesTurn } from "./turn.ts";

const DIRECT = "/ip4/127.0.0.1/udp/0/webrtc-direct";
const SOON = { timeout: 20_000 };
const folder = mkdtempSync(join(tmpdir(), "parley-node-webrtc-"));
const started: Network[] = [];
let relay: Relay;
beforeAll(async () => {
  repairNodeWebRtc();
  relay = await startRelay({ port: 0, host: "127.0.0.1", privateKeyFile: join(folder, "key") });
});
afterAll(async () => {
  await Promise.all(started.map((network) => network.stop()));
  await relay.stop();
  rmSync(folder, { recursive: true });
});

async function start(options: Partial<NetworkOptions>): Promise<Network> {
  const network = await createNetwork({
    identitySeed: crypto.getRandomValues(new Uint8Array(32)),
    relays: [],
    networkName: "node-webrtc",
    blocks: { kind: "memory" },
    localNetwork: true,
    platform: "node",
    ...options,
  });
  started.push(network);
  return network;
}

const withoutPort = (address: string): string => address.replace(/\/udp\/\d+\//, "/udp/PORT/");

test("a node is dialled by WebRTC-direct, at an address whose certificate it has again after a restart", async () => {
  const values = new MemoryStore();
  const identitySeed = crypto.getRandomValues(new Uint8Array(32));
  const first = await start({ identitySeed, listen: [DIRECT], certificate: await keptCertificate(values) });
  const [address = ""] = first.addresses();
  expect(address).toMatch(/^\/ip4\/127\.0\.0\.1\/udp\/\d+\/webrtc-direct\/certhash\/u[\w-]+\/p2p\/12D3/);
  await first.stop();

  // At another port: within one process the native listener lets its port go only some time after it was stopped.
  const again = await start({ identitySeed, listen: [DIRECT], certificate: await keptCertificate(values) });
  expect(again.addresses().map(withoutPort)).toEqual([withoutPort(address)]);
  const dialler = await start({ listen: [DIRECT] });
  const connection = await dialler.libp2p.dial(multiaddr(again.addresses()[0] ?? ""));
  expect(connection.limits).toBeUndefined();
  await expect.poll(() => dialler.gossip.status().peers.map(({ link }) => link), SOON).toEqual(["direct"]);
});

test("nodes behind no open port link by WebRTC through a relay", async () => {
  const options = { relays: relay.multiaddrs, listen: ["/webrtc"] };
  const [one, other] = [await start(options), await start(options)];
  for (const { gossip } of [one, other]) {
    await vi.waitFor(() => expect(gossip.status().peers.map(({ link }) => link)).toEqual(["direct"]), SOON);
  }
  const link = one.libp2p
    .getConnections()
    .find(({ remoteAddr }) => remoteAddr.toString().includes("/webrtc/"));
  if (link === undefined) throw new Error("no link by WebRTC");
  // The library hands out no RTCPeerConnection: where it lies must still be right after an update.
  expect(usesTurn((await statsSourceOf(link)?.getStats()) ?? new Map())).toBe(false);
});
