import type { NodeDependencies } from "./app/node/dependencies.ts";
import { NodeRunner } from "./app/node/node-runner.ts";
import type { ChainNetwork } from "./chain/network.ts";
import { createOperator } from "./chain/operator.ts";
import { accountOfKey, createKeyWallet, KEY_WALLET_ID } from "./chain/wallet/key-wallet.ts";
import { bytesToHex } from "./core/bytes.ts";
import { createIdentity } from "./core/identity.ts";
import { operatorKeyOf } from "./core/operator-key.ts";
import type { Address, Cid } from "./core/primitives.ts";
import { createNetwork, type Network } from "./p2p/node.ts";
import type { Random } from "./ports/random.ts";
import { NETWORK_VALUE_PREFIX, type Store } from "./ports/store.ts";
import { createStore } from "./store/store.ts";

/** Node seed and wallet key, 32 bytes each. */
const KEYS = `${NETWORK_VALUE_PREFIX}companion-keys`;
const SECRET_BYTES = 32;
const LOOK_MS = 3_000;

/** What the second node takes from the first one's surroundings. */
export type CompanionParts = Omit<
  NodeDependencies,
  "identity" | "operator" | "store" | "gossip" | "logSync" | "artifacts" | "content" | "wallet" | "scheduler"
>;

export interface CompanionChain {
  readonly chainNetwork: ChainNetwork;
  /** Gives an account ether and tokens when it has none. */
  readonly fill: (account: Address) => Promise<void>;
}

/** Databases of the second node on a network. */
export function companionNames(network: Cid): { readonly store: string; readonly blocks: string } {
  return { store: `${network}-second`, blocks: `parley-blocks-${network}-second` };
}

/** Where the first node is met. */
export function meetingPlace(network: Cid): string {
  return `/memory/${network}`;
}

/**
 * Until `signal` aborts, a second node of this page, for a network of one browser alone: with an identity, a stake and a log of its own it does
 * all that a validator does, since nobody verifies their own work. It shares the first one's workers, which hold no state.
 */
export async function startCompanion(
  shared: CompanionParts,
  { chainNetwork, fill }: CompanionChain,
  signal: AbortSignal,
): Promise<void> {
  const { networkCid, genesis, random } = shared;
  const names = companionNames(networkCid);
  const store = await createStore({ network: names.store });
  const { seed, walletKey } = await keptKeys(store, random);
  const network = await createNetwork({
    identitySeed: seed,
    relays: [],
    networkName: networkCid,
    blocks: { kind: "idb", name: names.blocks },
    localNetwork: true,
    // Of this process alone: no WebRTC.
    platform: "node",
    inProcess: `${meetingPlace(networkCid)}-second`,
  });
  const wallet = createKeyWallet({ network: chainNetwork, privateKey: walletKey, agree: async () => true });
  const node = new NodeRunner({
    ...shared,
    identity: createIdentity(seed),
    operator: createOperator(operatorKeyOf(seed), genesis.chain),
    store,
    gossip: network.gossip,
    logSync: network.logSync,
    artifacts: network.artifacts,
    content: network.content,
    wallet,
    // The first node's turns are not for this one: what it checks it checks at once.
    scheduler: undefined,
  });
  const end = (): void => {
    node.stop();
    network.leave();
    void network.stop().catch(() => undefined);
    void store.close();
  };
  if (signal.aborted) return end();
  signal.addEventListener("abort", end);
  await node.start();
  keepMeeting(network, shared, signal);
  await fill(accountOfKey(walletKey));
  await wallet.connect(KEY_WALLET_ID);
  await node.startDonating();
}

/** A link may end; there is only one to be made again. */
function keepMeeting(network: Network, shared: CompanionParts, signal: AbortSignal): void {
  const { clock, networkCid } = shared;
  const look = (): void => {
    if (signal.aborted) return;
    if (network.gossip.status().peers.length === 0)
      void network.meet(meetingPlace(networkCid)).catch(() => undefined);
    clock.at(clock.nowMs() + LOOK_MS, look);
  };
  look();
}

async function keptKeys(
  store: Store,
  random: Random,
): Promise<{ readonly seed: Uint8Array; readonly walletKey: `0x${string}` }> {
  const kept = await store.getValue(KEYS);
  const keys = kept?.length === 2 * SECRET_BYTES ? kept : random.bytes(2 * SECRET_BYTES);
  if (kept !== keys) await store.setValue(KEYS, keys);
  return {
    seed: keys.slice(0, SECRET_BYTES),
    walletKey: `0x${bytesToHex(keys.subarray(SECRET_BYTES))}`,
  };
}
