import "../node-polyfills.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { lpStream } from "@libp2p/utils";
import { webSockets } from "@libp2p/websockets";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p, type Libp2p } from "libp2p";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Relay, startRelay } from "../../../relay/relay.ts";
import { LIMITS } from "../../core/limits.ts";
import { createNetwork, type Network } from "../node.ts";
import { privateKeyOf } from "../peer-id.ts";
import { openAnnouncement, signAnnouncement } from "./announcement.ts";
import { askForPeers, decodePeerAnswer, PEER_EXCHANGE_PROTOCOL } from "./peer-exchange.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-exchange-"));
const started: { stop(): Promise<void> | void }[] = [];
let relay: Relay;
beforeAll(async () => {
  relay = await startRelay({ port: 0, host: "127.0.0.1", privateKeyFile: join(folder, "key") });
});
afterAll(async () => {
  await Promise.all(started.map((one) => one.stop()));
  await relay.stop();
  rmSync(folder, { recursive: true });
});

async function startNode(networkName: string): Promise<Network> {
  const network = await createNetwork({
    identitySeed: crypto.getRandomValues(new Uint8Array(32)),
    relays: relay.multiaddrs,
    networkName,
    blocks: { kind: "memory" },
    localNetwork: true,
    platform: "node",
  });
  started.push(network);
  return network;
}

/** Nobody's node: it has no gossip, and asks. */
async function startAsker(): Promise<Libp2p> {
  const asker = await createLibp2p({
    transports: [webSockets()],
    streamMuxers: [yamux()],
    connectionEncrypters: [noise()],
    connectionGater: { denyDialMultiaddr: () => false },
  });
  started.push(asker);
  return asker;
}

async function linked(asker: Libp2p): Promise<Connection> {
  return asker.dial(multiaddr(relay.multiaddrs[0]));
}

async function peersOf(connection: Connection, network: string, own: Uint8Array | null = null) {
  const { known } = await askForPeers(connection, { network, own }, new AbortController().signal);
  return Promise.all(known.map(async ({ announcement }) => (await openAnnouncement(announcement)).peer));
}

test("a relay tells whoever asks where the nodes of a network are, signed by each, and of no other network", async () => {
  const one = await startNode("exchange-one");
  const two = await startNode("exchange-one");
  const other = await startNode("exchange-two");
  const names = (network: string) =>
    vi.waitFor(
      async () => {
        const named = await peersOf(await linked(await startAsker()), network);
        expect(named).toHaveLength(network === "exchange-one" ? 2 : 1);
        return new Set(named);
      },
      { timeout: 20_000 },
    );
  expect(await names("exchange-one")).toEqual(
    new Set([one, two].map(({ libp2p }) => libp2p.peerId.toString())),
  );
  expect(await names("exchange-two")).toEqual(new Set([other.libp2p.peerId.toString()]));
});

test("where an asker is, the next one is told", async () => {
  const network = "exchange-three";
  const key = await privateKeyOf(new Uint8Array(32).fill(9));
  const own = await signAnnouncement({ network, addresses: ["/ip4/127.0.0.1/tcp/1/ws"], sequence: 1 }, key);
  expect(await peersOf(await linked(await startAsker()), network, own)).toEqual([]);
  const next = async () => peersOf(await linked(await startAsker()), network);
  await vi.waitFor(async () => expect(await next()).toHaveLength(1), { timeout: 20_000 });
});

test("who asks too often gets no answer, and who asks what cannot be read is hung up on", async () => {
  const connection = await linked(await startAsker());
  const asked = Array.from({ length: 12 }, () => peersOf(connection, "exchange-four"));
  const answers = await Promise.allSettled(asked);
  const answered = answers.filter(({ status }) => status === "fulfilled").length;
  expect(answered).toBeGreaterThan(0);
  expect(answered).toBeLessThanOrEqual(4);
  expect(connection.status).toBe("open");

  const rude = await linked(await startAsker());
  const closed = new Promise<void>((resolve) => rude.addEventListener("close", () => resolve()));
  const stream = await rude.newStream(PEER_EXCHANGE_PROTOCOL);
  await lpStream(stream).write(Uint8Array.of(0xff));
  await closed;
  expect(rude.status).not.toBe("open");
});

test("an answer with more than was agreed is refused", () => {
  expect(() => decodePeerAnswer(new Uint8Array(LIMITS.exchangeFrameBytes + 1))).toThrow(/too large/);
});
