import "../node-polyfills.ts";
import { once } from "node:events";
import { createServer } from "node:net";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { expect, test, vi } from "vitest";
import { startLibp2p } from "../libp2p.ts";
import { LinkWish } from "../link-wish.ts";
import { privateKeyOf } from "../peer-id.ts";
import { Peers } from "../peers.ts";
import { Refusals } from "../refusals.ts";
import { Dialler } from "./dialler.ts";

const PEERS = 20;

/** Takes connections, says nothing, and hangs up after a moment. */
async function startSilentServer() {
  const count = { open: 0, most: 0, all: 0 };
  const server = createServer((socket) => {
    count.open += 1;
    count.all += 1;
    count.most = Math.max(count.most, count.open);
    socket.on("error", () => undefined);
    socket.once("close", () => {
      count.open -= 1;
    });
    setTimeout(() => socket.destroy(), 100);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { server, count, port: address.port };
}

test("of many peers that are heard of at once all are dialled, a few at a time", async () => {
  const { server, count, port } = await startSilentServer();
  const libp2p = await startLibp2p({
    privateKey: await privateKeyOf(new Uint8Array(32).fill(5)),
    relays: [],
    localNetwork: true,
    platform: "node",
    listen: [],
    announce: [],
    inProcess: undefined,
    openRelay: false,
    certificate: undefined,
    iceServers: undefined,
    dnsResolvers: [],
    refusals: new Refusals(),
    budget: undefined,
  });
  const peers = new Peers(libp2p, () => false);
  const wish = new LinkWish();
  const dialler = new Dialler({ libp2p, peers, speaksWebRtc: false, wish });
  for (let index = 0; index < PEERS; index++) {
    const peer = peerIdFromPrivateKey(await generateKeyPair("Ed25519")).toString();
    dialler.announced({ peer, addresses: [`/ip4/127.0.0.1/tcp/${port}/ws/p2p/${peer}`] });
  }
  await vi.waitFor(() => expect(count.all).toBeGreaterThanOrEqual(PEERS), { timeout: 30_000 });
  expect(count.most).toBeGreaterThan(1);
  expect(count.most).toBeLessThanOrEqual(6);
  dialler.stop();
  peers.stop();
  await libp2p.stop();
  server.close();
});
