import type { RegistrySnapshot } from "../../core/chain-types.ts";
import { epochStartMs } from "../../core/epoch/clock.ts";
import type { State } from "../../core/state.ts";
import type { NodeDependencies } from "./dependencies.ts";

export interface EpochRegistry {
  readonly registry: RegistrySnapshot;
  /** False when the chain was out of reach and the registry of the last epoch stands in. */
  readonly fresh: boolean;
}

/** Stakes that count in an epoch: as of the last block at or before its start, less a lag for stragglers. */
export class Registries {
  readonly #dependencies: Pick<NodeDependencies, "genesis" | "chain">;
  readonly #fresh = new Map<number, RegistrySnapshot>();

  constructor(dependencies: Pick<NodeDependencies, "genesis" | "chain">) {
    this.#dependencies = dependencies;
  }

  async at(epoch: number, state: State): Promise<EpochRegistry> {
    const { genesis, chain } = this.#dependencies;
    const known = this.#fresh.get(epoch);
    if (known) return { registry: known, fresh: true };
    const atMs = epochStartMs(genesis, epoch) - genesis.parameters.registryLagMs;
    try {
      const registry = await chain.registryAt(atMs);
      this.#fresh.set(epoch, registry);
      return { registry, fresh: true };
    } catch {
      return { registry: state.registry, fresh: false };
    }
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
