import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { PinnerState } from "../../src/app/node/pinner.ts";
import type { EpochClock, NodeStatus } from "../../src/app/parley.ts";
import type { Hash } from "../../src/core/primitives.ts";
import type { EndpointHealth } from "../../src/ports/chain.ts";
import type { NetworkStatus } from "../../src/ports/gossip.ts";

export interface PeerFacts {
  readonly clock: EpochClock | undefined;
  readonly head: { readonly epoch: number; readonly root: Hash };
  readonly network: NetworkStatus;
  readonly node: NodeStatus;
  readonly pinner: PinnerState;
  readonly blocks: BlockUse;
  /** Where the chain is reached, in the order in which they are asked. */
  readonly endpoints: readonly EndpointHealth[];
  /** Sent, or asked for, and not final yet. */
  readonly openTransactions: number;
  readonly memoryBytes: number;
}

export interface BlockUse {
  readonly count: number;
  readonly bytes: number;
}

const MIB = 2 ** 20;

/** One line for a person. */
export function statusText(facts: PeerFacts): string {
  const { clock, head, network, node, pinner, blocks, memoryBytes } = facts;
  const { direct, relayed } = linksOf(network);
  return [
    clock === undefined ? "before the first epoch" : `epoch ${clock.epoch} (${clock.phase})`,
    `peers ${direct} direct, ${relayed} relayed`,
    head.epoch < 0 ? "head: genesis" : `head ${head.epoch} ${head.root.slice(0, 12)}`,
    `blocks ${blocks.count} (${mib(blocks.bytes)} MiB)${pinner.missing.length > 0 ? `, ${pinner.missing.length} missing` : ""}`,
    chainText(facts),
    `memory ${mib(memoryBytes)} MiB`,
    node.donating ? (node.staked ? "donating" : "donating, not staked yet") : "following",
  ].join(" · ");
}

/** The same for machines. */
export function statusFields(facts: PeerFacts) {
  const { clock, head, network, node, pinner, blocks, memoryBytes, endpoints, openTransactions } = facts;
  return {
    epoch: clock?.epoch ?? null,
    phase: clock?.phase ?? null,
    ...linksOf(network),
    relays: network.relays.length,
    headEpoch: head.epoch,
    headRoot: head.root,
    blocks: blocks.count,
    blockBytes: blocks.bytes,
    missingBlocks: pinner.missing.length,
    pinnedEpoch: pinner.epoch,
    endpoints,
    openTransactions,
    memoryBytes,
    donating: node.donating,
    staked: node.staked,
    dueWei: node.dueWei,
  };
}

function chainText({ endpoints, openTransactions }: PeerFacts): string {
  const well = endpoints.filter(({ state }) => state === "healthy").length;
  const open = openTransactions === 0 ? "" : `, ${openTransactions} transactions open`;
  return `chain ${well} of ${endpoints.length} endpoints${open}`;
}

function linksOf({ peers }: NetworkStatus): { readonly direct: number; readonly relayed: number } {
  const direct = peers.filter(({ link }) => link === "direct").length;
  return { direct, relayed: peers.length - direct };
}

const mib = (bytes: number): string => (bytes / MIB).toFixed(bytes < 10 * MIB ? 1 : 0);

/** Files under a folder. What goes away while it is counted is left out. */
export async function useOf(folder: string): Promise<BlockUse> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  let count = 0;
  let bytes = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const size = await stat(join(entry.parentPath, entry.name)).then(
      (stats) => stats.size,
      () => undefined,
    );
    if (size === undefined) continue;
    count++;
    bytes += size;
  }
  return { count, bytes };
}
