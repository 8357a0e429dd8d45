import type { TypedMessage } from "../../../src/core/messages/message.ts";
import type { Cid, Hash } from "../../../src/core/primitives.ts";
import type { Packet } from "../../engine/packet.ts";
import type { SharedWork } from "../../engine/shared-work.ts";

type Vote = TypedMessage<"epoch-vote">;

/** Votes for one root of one set, as one node has got them. */
export interface Tally {
  readonly messageSet: Cid;
  readonly stateRoot: Hash;
  readonly votes: Vote[];
  /** Authors counted, by index. */
  readonly authors: Set<number>;
}

/** A node's votes by the root that they build on. */
export class Tallies {
  readonly #byRoot = new Map<Hash, Map<string, Tally>>();

  add({ author }: Packet, vote: Vote): Tally | undefined {
    const { messageSet, root } = vote.envelope.body;
    const tallies = this.#byRoot.get(root.previousRoot) ?? new Map<string, Tally>();
    this.#byRoot.set(root.previousRoot, tallies);
    const key = `${messageSet}${root.stateRoot}`;
    let tally = tallies.get(key);
    if (tally === undefined) {
      tally = { messageSet, stateRoot: root.stateRoot, votes: [], authors: new Set() };
      tallies.set(key, tally);
    }
    if (tally.authors.has(author)) return undefined;
    tally.authors.add(author);
    tally.votes.push(vote);
    return tally;
  }

  /** The most voted first. */
  after(root: Hash): readonly Tally[] {
    const tallies = [...(this.#byRoot.get(root)?.values() ?? [])];
    return tallies.sort((a, b) => b.votes.length - a.votes.length);
  }

  forget(root: Hash): void {
    this.#byRoot.delete(root);
  }
}

/** Stake behind a tally, by good votes alone. */
export function signedWei(work: SharedWork, set: TypedMessage<"message-set">, { votes }: Tally): bigint {
  return votes.reduce((sum, vote) => sum + work.voteWei(set, vote), 0n);
}
