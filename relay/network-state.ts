import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { GenesisModel } from "../src/core/genesis.ts";
import type { Parameters } from "../src/core/parameters.ts";
import { contractsDigest } from "./dev-chain.ts";

/** Where a local network keeps what outlives a stop. */
export interface NetworkState {
  readonly folder: string;
  readonly genesis: string;
  readonly chain: string;
  readonly relayKey: string;
  readonly lock: string;
}

/**
 * State of the network with this model, these contracts and parameters: whatever changes one of them starts a network
 * of its own, and the old one stays beside it.
 */
export function networkState(
  folder: string,
  made: { model: GenesisModel; parameters: Parameters },
): NetworkState {
  const plain = (_key: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
  const name = createHash("sha256")
    .update(contractsDigest())
    .update(JSON.stringify([made.model, made.parameters], plain))
    .digest("hex")
    .slice(0, 16);
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  return {
    folder: own,
    genesis: join(own, "genesis.cbor"),
    chain: join(own, "chain.json"),
    relayKey: join(own, "relay.key"),
    lock: join(own, "lock"),
  };
}

/** What a network did so far is forgotten; call it only while the network does not run. */
export function forget({ genesis, chain, relayKey }: NetworkState): void {
  for (const path of [genesis, chain, relayKey]) rmSync(path, { recursive: true, force: true });
}
