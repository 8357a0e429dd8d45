import type { EpochRoot } from "../../../src/core/chain-types.ts";
import { rootKey } from "../../../src/core/epoch/root.ts";
import type { TypedMessage } from "../../../src/core/messages/message.ts";
import type { Cid, Hash } from "../../../src/core/primitives.ts";
import type { Packet } from "../../engine/packet.ts";
import type { SharedWork } from "../../engine/shared-work.ts";

type Vote = TypedMessage<"epoch-vote">;

/** States whose votes are kept after they were left behind. */
const KEPT_STATES = 16;

/** Votes for one root of one set, as one node has got them. */
export interface Tally {
  readonly messageSet: Cid;
  readonly root: EpochRoot;
  /** Of the root: votes are told apart by all that they sign. */
  readonly key: string;
  readonly votes: Packet[];
  /** Stake of the first `counted` of them. */
  wei: bigint;
  counted: number;
  /** 1 at the indexes of those who have voted: a set would cost more than all the rest. */
  readonly authors: Uint8Array;
}

/** A node's votes by the root that they build on. */
export class Tallies {
  readonly #byRoot = new Map<Hash, Map<Cid, Tally[]>>();
  readonly #left = new Map<Hash, readonly Packet[]>();
  readonly #nodes: number;

  constructor(nodes: number) {
    this.#nodes = nodes;
  }

  /** Undefined when this author has voted so before, or is no node. */
  add(packet: Packet, { envelope }: Vote): Tally | undefined {
    const { messageSet, root } = envelope.body;
    const tally = this.#tallyOf(messageSet, root);
    if (tally.authors[packet.author] !== 0) return undefined;
    tally.authors[packet.author] = 1;
    tally.votes.push(packet);
    return tally;
  }

  /** A vote of the same author and epoch for something else, as far as it follows the same state. */
  contradicted({ author }: Packet, { envelope }: Vote): Packet | undefined {
    const { messageSet, root } = envelope.body;
    const own = rootKey(root);
    for (const [set, tallies] of this.#byRoot.get(root.previousRoot) ?? []) {
      for (const { root: voted, key, authors, votes } of tallies) {
        const isOther = set !== messageSet || key !== own;
        if (isOther && voted.epoch === root.epoch && authors[author] === 1) {
          return votes.find((packet) => packet.author === author);
        }
      }
    }
    return undefined;
  }

  /** The most voted first. */
  after(root: Hash): readonly Tally[] {
    const tallies = [...(this.#byRoot.get(root)?.values() ?? [])].flat();
    return tallies.sort((a, b) => b.votes.length - a.votes.length);
  }

  /** Votes for sets that follow this state. */
  votesOn(root: Hash): readonly Vote[] {
    return this.after(root)
      .flatMap(({ votes }) => votes)
      .flatMap(({ message }) => (message?.kind === "epoch-vote" ? [message] : []));
  }

  /** Its votes are no longer counted; those of the last states are kept for nodes that are behind. */
  forget(root: Hash): void {
    this.#left.set(root, this.packetsOn(root));
    const [oldest] = this.#left.keys();
    if (this.#left.size > KEPT_STATES && oldest !== undefined) this.#left.delete(oldest);
    this.#byRoot.delete(root);
  }

  packetsOn(root: Hash): readonly Packet[] {
    const counted = this.after(root).flatMap(({ votes }) => votes);
    return counted.length > 0 ? counted : (this.#left.get(root) ?? []);
  }

  #tallyOf(messageSet: Cid, root: EpochRoot): Tally {
    let bySet = this.#byRoot.get(root.previousRoot);
    if (bySet === undefined) {
      bySet = new Map();
      this.#byRoot.set(root.previousRoot, bySet);
    }
    const key = rootKey(root);
    const tallies = bySet.get(messageSet);
    for (const tally of tallies ?? []) if (tally.key === key) return tally;
    const tally: Tally = {
      messageSet,
      root,
      key,
      votes: [],
      wei: 0n,
      counted: 0,
      authors: new Uint8Array(this.#nodes),
    };
    if (tallies === undefined) bySet.set(messageSet, [tally]);
    else tallies.push(tally);
    return tally;
  }
}

/** Stake behind a tally, by good votes alone. */
export function signedWei(work: SharedWork, set: TypedMessage<"message-set">, tally: Tally): bigint {
  for (; tally.counted < tally.votes.length; tally.counted++) {
    const vote = tally.votes[tally.counted];
    if (vote !== undefined) tally.wei += work.voteWei(set, vote);
  }
  return tally.wei;
}
