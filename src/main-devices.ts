import type { AddressBook } from "./app/documents/address-book.ts";
import { DeviceSync } from "./app/documents/device-sync.ts";
import { sharedThreads } from "./app/documents/shared-threads.ts";
import { Devices } from "./app/identity/devices.ts";
import type { Identities } from "./app/identity/identity-service.ts";
import type { NodeDependencies } from "./app/node/dependencies.ts";
import type { NodeRunner } from "./app/node/node-runner.ts";
import type { NodeKeys } from "./app/node-keys.ts";
import type { Documents } from "./ports/documents.ts";
import type { KeyVault } from "./ports/key-vault.ts";
import type { Pairing } from "./ports/pairing.ts";
import type { Store } from "./ports/store.ts";
import { onProfileChange } from "./store/changes.ts";
import { systemClock, systemRandom } from "./store/system.ts";
import type { ParleyApp } from "./ui/app.ts";

export interface PageIdentity {
  /** Undefined when they cannot be read: a person must import them, or others. */
  readonly keys: NodeKeys | undefined;
  readonly identities: Identities;
  readonly vault: KeyVault;
}

interface NodeHere {
  /** Of this network. */
  readonly store: Store;
  readonly node: NodeRunner;
  readonly network: { readonly pairing: Pairing };
  readonly dependencies: NodeDependencies;
  readonly documents: Documents;
  readonly addressBook: AddressBook;
}

/** What of the identity only the tab that runs the node can do; returns how to take it away. */
export async function showIdentity(
  { app, profile }: { readonly app: ParleyApp; readonly profile: Store },
  { identities, vault }: PageIdentity,
  { store, node, network, dependencies, documents, addressBook }: NodeHere,
): Promise<() => void> {
  const { networkCid, identity, wallet } = dependencies;
  const devices = new Devices({
    store: profile,
    vault,
    pairing: network.pairing,
    clock: systemClock,
    random: systemRandom,
    nodeId: identity.nodeId,
    defaultName: deviceName(navigator.userAgent),
  });
  await devices.start();
  const threads = sharedThreads(profile, (listener) =>
    onProfileChange((tables) => {
      if (tables.has("threads") || tables.has("turns")) listener();
    }),
  );
  const sync = new DeviceSync({ documents, own: devices, store: profile, clock: systemClock }, [
    addressBook,
    threads,
  ]);
  sync.start();
  const moveAway = () => node.moveAway();
  await identities.attachNode({ networkCid, store, wallet, ownLog: node.ownLog, moveAway });
  if (app.parley !== undefined) app.parley = { ...app.parley, devices };
  return () => {
    void sync.stop();
    devices.stop();
    identities.detachNode();
    const { parley } = app;
    if (parley === undefined) return;
    const { devices: _, ...rest } = parley;
    app.parley = rest;
  };
}

/** For the console: everything but the secret key. */
export function withoutKeys(dependencies: NodeDependencies): NodeDependencies {
  const { nodeId } = dependencies.identity;
  return { ...dependencies, identity: { nodeId, secretKey: new Uint8Array() } };
}

const SYSTEMS = ["Android", "iPhone", "iPad", "Windows", "Mac", "Linux"];
const BROWSERS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/Edg\//, "Edge"],
  [/Firefox\//, "Firefox"],
  [/Chrom(e|ium)\//, "Chrome"],
  [/Safari\//, "Safari"],
];

/** What a device is called until its owner says otherwise: `Firefox on Linux`. */
function deviceName(agent: string): string {
  const browser = BROWSERS.find(([pattern]) => pattern.test(agent))?.[1] ?? "Browser";
  const system = SYSTEMS.find((name) => agent.includes(name));
  return system === undefined ? browser : `${browser} on ${system}`;
}
