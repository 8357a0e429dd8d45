import { DeferredServices } from "./app/deferred.ts";
import { type NetworkFile, parseNetworkFile } from "./app/network-file.ts";
import { loadNodeKeys } from "./app/node-keys.ts";
import { decodeGenesis, genesisCid } from "./core/artifacts/genesis.ts";
import { failure } from "./core/errors.ts";
import { type PageParts, startNode } from "./main-node.ts";
import { systemClock, systemRandom } from "./store/system.ts";

const NODE_LOCK = "parley-node";

/** Starts this profile's node, or waits until the tab that runs it closes: two would sign the same places of one log. */
export async function joinNetwork(parts: PageParts): Promise<void> {
  const keys = await loadNodeKeys(parts.profile, systemRandom);
  const services = new DeferredServices(keys.identity.nodeId);
  const { node, governance, wallet } = services;
  const { chat, corrections } = parts;
  parts.app.parley = { ...parts.app.parley, chat, corrections, node, governance, wallet };
  try {
    const file = await readNetworkFile();
    const genesis = decodeGenesis(await fetchBytes("/genesis.cbor"));
    if (genesisCid(genesis) !== file.genesisCid) {
      throw failure(
        "genesis-mismatch",
        "genesis.cbor is not the network's",
        file.genesisCid,
        genesisCid(genesis),
      );
    }
    const free = await navigator.locks.query();
    if (free.held?.some(({ name }) => name === NODE_LOCK)) {
      services.note(
        "Your node runs in another tab of this browser. This tab takes over when that one closes.",
        systemClock.nowMs(),
      );
    }
    await navigator.locks.request(NODE_LOCK, async () => {
      await startNode(parts, services, file, genesis, keys);
      // Held for as long as the page lives.
      await new Promise(() => undefined);
    });
  } catch (thrown) {
    services.fail(thrown, systemClock.nowMs());
  }
}

async function readNetworkFile(): Promise<NetworkFile> {
  return parseNetworkFile(JSON.parse(new TextDecoder().decode(await fetchBytes("/network.json"))));
}

async function fetchBytes(path: string): Promise<Uint8Array> {
  const response = await fetch(path).catch(() => undefined);
  if (!response?.ok) {
    throw failure(
      "no-network",
      "This page was served without a network to join.",
      path,
      `${response?.status ?? "nothing"}`,
    );
  }
  return new Uint8Array(await response.arrayBuffer());
}
