import { LOCAL_CHAIN_ID } from "../../src/chain/network.ts";
import { phaseAt } from "../../src/core/epoch/clock.ts";
import type { Genesis } from "../../src/core/genesis.ts";
import type { BlockStoreChoice } from "../../src/p2p/helia.ts";
import { createNetwork, type Network } from "../../src/p2p/node.ts";
import type { Store } from "../../src/ports/store.ts";
import { systemClock } from "../../src/store/system.ts";
import type { KeptNetwork } from "./kept-network.ts";
import type { NodeOptions } from "./options.ts";

export interface NetworkParts {
  readonly store: Store;
  readonly seed: Uint8Array;
  readonly blocks: Extract<BlockStoreChoice, { kind: "given" }>["blocks"];
}

/** Joins as a peer that others can dial: by WebSocket, and by WebRTC where a port for it was given. */
export async function joinNetwork(
  options: NodeOptions,
  { file, genesis }: KeptNetwork,
  { store, seed, blocks }: NetworkParts,
): Promise<Network> {
  const { port, webrtcPort, announce, relay } = options;
  const ip = ipPart(listenHost(options, genesis));
  const webRtc = webrtcPort === undefined ? undefined : await webRtcParts(`${ip}/udp/${webrtcPort}`, store);
  return createNetwork({
    identitySeed: seed,
    relays: [...new Set([...file.relays, ...(genesis.relays ?? [])])],
    networkName: file.genesisCid,
    blocks: { kind: "given", blocks },
    localNetwork: genesis.chain.chainId === LOCAL_CHAIN_ID,
    platform: "node",
    listen: [`${ip}/tcp/${port}/ws`, ...(webRtc?.listen ?? [])],
    announce,
    openRelay: relay,
    iceServers: file.iceServers,
    dnsResolvers: file.dnsResolvers,
    mirrors: file.mirrors,
    phase: () => phaseAt(genesis, systemClock.nowMs())?.phase,
    store,
    ...(webRtc === undefined ? {} : { certificate: webRtc.certificate }),
  });
}

/** All addresses of the machine, but in a local network only its own. */
export function listenHost({ host }: NodeOptions, genesis: Genesis): string {
  return host ?? (genesis.chain.chainId === LOCAL_CHAIN_ID ? "127.0.0.1" : "0.0.0.0");
}

/** Loaded when it is wanted only: it is native code. */
async function webRtcParts(udp: string, store: Store) {
  const { keptCertificate, repairNodeWebRtc } = await import("../../src/p2p/node-webrtc.ts");
  repairNodeWebRtc();
  return { listen: [`${udp}/webrtc-direct`, "/webrtc"], certificate: await keptCertificate(store) };
}

const ipPart = (host: string): string => (host.includes(":") ? `/ip6/${host}` : `/ip4/${host}`);
