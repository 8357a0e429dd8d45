import type { RegistrySnapshot } from "../../core/chain-types.ts";
import { epochStartMs } from "../../core/epoch/clock.ts";
import type { State } from "../../core/state.ts";
import type { NodeDependencies } from "./dependencies.ts";

export interface EpochRegistry {
  readonly registry: RegistrySnapshot;
  /** False when the chain was out of reach and the registry of the last epoch stands in. */
  readonly fresh: boolean;
  /** Its block has finalityBlocks on it, or there is no chain in reach to wait for. */
  readonly isFinal: boolean;
}

/** Stakes that count in an epoch: as of the last block at or before its start, less a lag for stragglers. */
export class Registries {
  readonly #dependencies: Pick<NodeDependencies, "genesis" | "chain">;
  readonly #final = new Map<number, RegistrySnapshot>();
  /** Read from the chain, and not final yet: a reorganisation may still change it. */
  readonly #seen = new Map<number, RegistrySnapshot>();

  constructor(dependencies: Pick<NodeDependencies, "genesis" | "chain">) {
    this.#dependencies = dependencies;
  }

  async at(epoch: number, state: State): Promise<EpochRegistry> {
    const known = this.#final.get(epoch);
    if (known) return { registry: known, fresh: true, isFinal: true };
    try {
      return await this.#read(epoch);
    } catch {
      const seen = this.#seen.get(epoch);
      return { registry: seen ?? state.registry, fresh: seen !== undefined, isFinal: true };
    }
  }

  async #read(epoch: number): Promise<EpochRegistry> {
    const { genesis, chain } = this.#dependencies;
    const { registryLagMs, finalityBlocks } = genesis.parameters;
    const head = finalityBlocks === 0 ? undefined : await chain.head();
    const registry = await chain.registryAt(epochStartMs(genesis, epoch) - registryLagMs);
    const isFinal = head === undefined || head.blockNumber - registry.blockNumber >= finalityBlocks;
    (isFinal ? this.#final : this.#seen).set(epoch, registry);
    return { registry, fresh: true, isFinal };
  }
}

export function sameRegistry(a: RegistrySnapshot, b: RegistrySnapshot): boolean {
  return (
    a.blockNumber === b.blockNumber &&
    a.blockHash === b.blockHash &&
    a.entries.length === b.entries.length &&
    a.entries.every((entry, i) => {
      const other = b.entries[i];
      return (
        other !== undefined &&
        entry.nodeId === other.nodeId &&
        entry.operator === other.operator &&
        entry.account === other.account &&
        entry.stakeWei === other.stakeWei &&
        entry.lockedUntilMs === other.lockedUntilMs
      );
    })
  );
}
