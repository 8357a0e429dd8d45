import type { Hash } from "../../core/primitives.ts";
import type { SimulatedNodeView, SimulationFrame } from "../../ports/simulation.ts";

/** How many nodes closed an epoch with one root. */
export interface RootShare {
  readonly root: Hash;
  readonly label: string;
  readonly hue: number;
  readonly nodes: number;
}

export interface EpochRoots {
  readonly epoch: number;
  /** The commonest first. */
  readonly shares: readonly RootShare[];
  /** Whether all honest nodes that closed it have one root. */
  readonly agreed: boolean;
}

interface Closing {
  readonly root: Hash;
  readonly honest: boolean;
}

/** Each next root's hue is this share of the range on: neighbours in time are far apart in colour. */
const GOLDEN_RATIO = 0.618_034;
/** All hues but the yellow ones, which look like mud where they are dark enough for white letters. */
const HUES = { first: 125, range: 305 };
const START = 0.18;

/** The roots of a run in the order in which they were seen: who closed which epoch with which. */
export class RootBook {
  readonly #order = new Map<Hash, number>();
  readonly #epochs = new Map<number, Map<number, Closing>>();

  record(frame: Pick<SimulationFrame, "nodes">): void {
    for (const node of frame.nodes) this.#note(node);
  }

  /** Equal roots have equal hues, in degrees. */
  hue(root: Hash): number {
    const share = (START + (this.#order.get(root) ?? 0) * GOLDEN_RATIO) % 1;
    return (HUES.first + share * HUES.range) % 360;
  }

  /** `7`; where nodes differ `7a` for the commonest root, `7b` for the next; empty before the first epoch. */
  label(epoch: number, root: Hash): string {
    if (epoch < 0) return "";
    const shares = this.#tally(epoch);
    const place = shares.findIndex((share) => share.root === root);
    return shares.length < 2 || place < 0 ? `${epoch}` : `${epoch}${String.fromCharCode(97 + (place % 26))}`;
  }

  /** The latest epochs, newest first. */
  rows(most: number): readonly EpochRoots[] {
    return [...this.#epochs.keys()]
      .sort((a, b) => b - a)
      .slice(0, most)
      .map((epoch) => ({
        epoch,
        shares: this.#tally(epoch).map(({ root, nodes }) => ({
          root,
          nodes,
          label: this.label(epoch, root),
          hue: this.hue(root),
        })),
        agreed: this.#honestRoots(epoch).size <= 1,
      }));
  }

  #note({ index, epoch, root, role }: SimulatedNodeView): void {
    if (!this.#order.has(root)) this.#order.set(root, this.#order.size);
    if (epoch < 0) return;
    const closings = this.#epochs.get(epoch) ?? new Map<number, Closing>();
    closings.set(index, { root, honest: role === "honest" });
    this.#epochs.set(epoch, closings);
  }

  #tally(epoch: number): { root: Hash; nodes: number }[] {
    const counts = new Map<Hash, number>();
    for (const { root } of this.#epochs.get(epoch)?.values() ?? []) {
      counts.set(root, (counts.get(root) ?? 0) + 1);
    }
    return [...counts]
      .map(([root, nodes]) => ({ root, nodes }))
      .sort((a, b) => b.nodes - a.nodes || (this.#order.get(a.root) ?? 0) - (this.#order.get(b.root) ?? 0));
  }

  #honestRoots(epoch: number): Set<Hash> {
    const closings = [...(this.#epochs.get(epoch)?.values() ?? [])];
    return new Set(closings.filter(({ honest }) => honest).map(({ root }) => root));
  }
}

/** How the honest nodes stand when a run is over. */
export function endWords(nodes: readonly SimulatedNodeView[]): string {
  const honest = nodes.filter(({ role }) => role === "honest");
  const latest = Math.max(...honest.map(({ epoch }) => epoch));
  if (latest < 0) return "no epoch was certified";
  const roots = new Map<number, Set<Hash>>();
  for (const { epoch, root } of honest) roots.set(epoch, (roots.get(epoch) ?? new Set()).add(root));
  if ([...roots.values()].some(({ size }) => size > 1)) return "honest nodes have different roots";
  const behind = honest.filter(({ epoch }) => epoch < latest).length;
  if (behind === 0) return "all honest nodes have the same root";
  return `${honest.length - behind} honest nodes have the same root, ${behind} ${behind === 1 ? "is" : "are"} behind`;
}

/** What the row of an epoch says: `16 nodes, one root`, `9 and 7 nodes differ`. */
export function agreementWords({ shares, agreed }: EpochRoots): string {
  const total = shares.reduce((sum, { nodes }) => sum + nodes, 0);
  const [first] = shares;
  if (shares.length < 2 || first === undefined) return `${total} ${total === 1 ? "node" : "nodes"}, one root`;
  const counts = shares.map(({ nodes }) => nodes).join(" and ");
  return agreed ? `${first.nodes} of ${total} nodes; no honest one differs` : `${counts} nodes differ`;
}
