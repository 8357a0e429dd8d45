import "../../src/p2p/node-polyfills.ts";
import type { Libp2p } from "@libp2p/interface";
import { memory } from "@libp2p/memory";
import { noise } from "@libp2p/noise";
import { yamux } from "@libp2p/yamux";
import { createLibp2p } from "libp2p";
import { bytesToHex } from "../../src/core/bytes.ts";
import { nodeIdOf } from "../../src/core/identity.ts";
import { Libp2pPairing } from "../../src/p2p/pairing/pairing.ts";
import { privateKeyOf } from "../../src/p2p/peer-id.ts";
import { Peers } from "../../src/p2p/peers.ts";
import { Refusals } from "../../src/p2p/refusals.ts";
import type { PairingPeer } from "../../src/ports/acceptance/pairing.ts";

/** A device whose libp2p node lives in this process alone. */
export interface Device extends PairingPeer {
  readonly libp2p: Libp2p;
  readonly refusals: Refusals;
  stop(): Promise<void>;
}

async function startDevice(networkName: string, nowMs: () => number): Promise<Device> {
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const libp2p = await createLibp2p({
    privateKey: await privateKeyOf(seed),
    addresses: { listen: [`/memory/${bytesToHex(seed.subarray(0, 8))}`] },
    transports: [memory()],
    streamMuxers: [yamux()],
    connectionEncrypters: [noise()],
    connectionGater: { denyDialMultiaddr: () => false },
  });
  const refusals = new Refusals();
  const peers = new Peers(libp2p, () => false);
  const nodeId = nodeIdOf(seed);
  const pairing = new Libp2pPairing({ libp2p, peers, refusals, networkName, nodeId, nowMs });
  await pairing.start();
  const stop = async (): Promise<void> => {
    await pairing.stop();
    peers.stop();
    await libp2p.stop();
  };
  return { nodeId, pairing, libp2p, refusals, stop };
}

/** Three of one network and one of another, all connected; their clock can be moved on. */
export async function startDevices() {
  let passedMs = 0;
  const nowMs = (): number => Date.now() + passedMs;
  const [one, two, three, stranger] = await Promise.all([
    startDevice("home", nowMs),
    startDevice("home", nowMs),
    startDevice("home", nowMs),
    startDevice("elsewhere", nowMs),
  ]);
  const all = [one, two, three, stranger];
  for (const device of all) {
    for (const other of all) {
      if (device !== other) await device.libp2p.dial(other.libp2p.getMultiaddrs());
    }
  }
  return {
    peers: [one, two, three] as const,
    stranger,
    advance: (ms: number) => {
      passedMs += ms;
    },
    dispose: async () => {
      await Promise.all(all.map((device) => device.stop()));
    },
  };
}
