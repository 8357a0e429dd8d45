import type { RegistrySnapshot } from "../../core/chain-types.ts";
import { epochLengthMs, registryTimestampMs } from "../../core/epoch/clock.ts";
import type { State } from "../../core/state.ts";
import { chainPace } from "../chain-pace.ts";
import type { NodeDependencies } from "./dependencies.ts";

export interface EpochRegistry {
  readonly registry: RegistrySnapshot;
  /** False when the chain was out of reach and the registry of the last epoch stands in. */
  readonly fresh: boolean;
  /** Its block has finalityBlocks on it, or there is no chain in reach to wait for. */
  readonly isFinal: boolean;
}

interface Seen {
  readonly registry: RegistrySnapshot;
  /** The chain's newest block when the registry was read. */
  readonly headNumber: number;
  readonly isFinal: boolean;
  readonly askedAtMs: number;
}

/** Stakes that count in an epoch: as of the last block at or before its start, less a lag for stragglers. */
export class Registries {
  readonly #dependencies: Pick<NodeDependencies, "genesis" | "chain" | "clock">;
  readonly #pauseMs: number;
  readonly #final = new Map<number, RegistrySnapshot>();
  /** Read from the chain, and not final yet: a reorganisation or a later block may still change it. */
  readonly #seen = new Map<number, Seen>();

  constructor(dependencies: Pick<NodeDependencies, "genesis" | "chain" | "clock">) {
    this.#dependencies = dependencies;
    this.#pauseMs = chainPace(epochLengthMs(dependencies.genesis)).registryMs;
  }

  async at(epoch: number, state: State): Promise<EpochRegistry> {
    const known = this.#final.get(epoch);
    if (known) return { registry: known, fresh: true, isFinal: true };
    try {
      return await this.#read(epoch);
    } catch {
      const seen = this.#seen.get(epoch)?.registry;
      return { registry: seen ?? state.registry, fresh: seen !== undefined, isFinal: true };
    }
  }

  async #read(epoch: number): Promise<EpochRegistry> {
    const { genesis, chain, clock } = this.#dependencies;
    const { finalityBlocks } = genesis.parameters;
    const countsAtMs = registryTimestampMs(genesis, epoch);
    const askedAtMs = clock.nowMs();
    const seen = this.#seen.get(epoch);
    if (seen !== undefined && askedAtMs < seen.askedAtMs + this.#pauseMs) return asSeen(seen);
    // The head first: what comes while the registry is read makes it older than it is, never younger.
    const head = await chain.head();
    // Where blocks are final at once, an unchanged head is an unchanged registry.
    if (finalityBlocks === 0 && seen?.headNumber === head.blockNumber) {
      this.#seen.set(epoch, { ...seen, askedAtMs });
      return asSeen(seen);
    }
    const registry = await chain.registryAt(countsAtMs);
    // Who asks before the chain's time is there gets the newest block, and another block may follow before that time.
    const isPast = head.timestampMs > countsAtMs;
    const isFinal = finalityBlocks === 0 || head.blockNumber - registry.blockNumber >= finalityBlocks;
    if (isPast && isFinal) {
      this.#final.set(epoch, registry);
      this.#seen.delete(epoch);
    } else this.#seen.set(epoch, { registry, headNumber: head.blockNumber, isFinal, askedAtMs });
    return { registry, fresh: true, isFinal };
  }
}

function asSeen({ registry, isFinal }: Seen): EpochRegistry {
  return { registry, fresh: true, isFinal };
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
        entry.delegatedWei === other.delegatedWei &&
        entry.lockedUntilMs === other.lockedUntilMs
      );
    })
  );
}
