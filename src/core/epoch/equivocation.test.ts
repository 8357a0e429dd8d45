import { describe, expect, it } from "vitest";
import { Court } from "../../../vectors/lib/disputes.ts";
import { Author, TOKEN_WEI } from "../../../vectors/lib/world.ts";
import { checkConservation } from "../economy/conservation.ts";
import { equivocationProof } from "../messages/log.ts";
import type { Message, TypedMessage } from "../messages/message.ts";
import { epochStartMs } from "./clock.ts";
import { equivocatorOf } from "./equivocation.ts";

const BALLOT = "bafyreihbmi32zce6oh73qr7wgqyl2pol4vg4hhhmtjvzqbnerelfc5xy2i";

/** Two messages of one node with one sequence number. */
function forked(court: Court, name: string): readonly [Message, Message] {
  const at = epochStartMs(court.genesis, court.epoch) + 1_000;
  const [one, other] = ["for", "against"] as const;
  return [
    new Author(court.genesis, name).sign("ballot", { proposal: BALLOT, choice: one }, at),
    new Author(court.genesis, name).sign("ballot", { proposal: BALLOT, choice: other }, at),
  ];
}

function evidenceOf(
  court: Court,
  [a, b]: readonly [Message, Message],
  witness: Author,
): TypedMessage<"evidence"> {
  const proof = equivocationProof(a, b);
  if (proof === undefined) throw new Error("no proof");
  const [first, second] = proof.messages;
  return witness.sign("evidence", { first, second }, epochStartMs(court.genesis, court.epoch) + 2_000);
}

function place() {
  const court = new Court({ auditPpm: 0 });
  const [witness, liar] = [1, 4].map((i) => court.authors[i]);
  if (witness === undefined || liar === undefined) throw new Error("too few authors");
  return { court, witness, liar };
}

describe("equivocation", () => {
  it("costs half of the stake, and the right to take part for good, when anyone shows both messages", () => {
    const { court, witness, liar } = place();
    const evidence = evidenceOf(court, forked(court, "4"), witness);
    const { charges, state, refused } = court.close([evidence]);
    expect(refused).toEqual([]);
    expect(charges).toEqual([
      { nodeId: liar.nodeId, reason: "equivocation", source: evidence.cid, amountWei: 250n * TOKEN_WEI },
    ]);
    expect([...state.tombstones]).toEqual([[liar.nodeId, 1]]);
    expect(state.reputations.get(liar.nodeId)).toBe(400_000);
    expect(checkConservation(state)).toBeUndefined();
    expect(court.context.staked.has(liar.nodeId)).toBe(false);
  });

  it("is punished once, however often it is shown", () => {
    const { court, witness } = place();
    const pair = forked(court, "4");
    court.close([evidenceOf(court, pair, witness)]);
    const { charges, refused } = court.close([evidenceOf(court, pair, witness)]);
    expect(charges).toEqual([]);
    expect(refused.map(({ error }) => error.code)).toEqual(["already-known"]);
  });

  it("is seen without evidence when both messages are in one set", () => {
    const { court, liar } = place();
    const { charges, state } = court.close(forked(court, "4"));
    expect(charges).toMatchObject([{ nodeId: liar.nodeId, reason: "equivocation", source: null }]);
    expect(state.tombstones.has(liar.nodeId)).toBe(true);
  });

  it("leaves no trace of strangers, who have nothing to lose and could make the state grow", () => {
    const { court, witness } = place();
    const { charges, state } = court.close(forked(court, "stranger"));
    expect(charges).toEqual([]);
    expect(state.tombstones.size).toBe(0);
    const shown = court.close([evidenceOf(court, forked(court, "stranger"), witness)]);
    expect(shown.refused.map(({ error }) => error.code)).toEqual(["not-staked"]);
    expect(shown.state.tombstones.size).toBe(0);
  });

  it("is not proved by messages of two authors, of two places, twice the same, in the wrong order, or by no messages", () => {
    const { court, witness } = place();
    const [a, b] = forked(court, "4");
    const [other] = forked(court, "5");
    const twin = new Author(court.genesis, "4");
    const at = epochStartMs(court.genesis, 1);
    twin.sign("ballot", { proposal: BALLOT, choice: "for" }, at);
    const later = twin.sign("ballot", { proposal: BALLOT, choice: "against" }, at);
    const ordered = a.cid < b.cid ? [a, b] : [b, a];
    const pairs: readonly (readonly [Uint8Array, Uint8Array])[] = [
      [a.bytes, other.bytes],
      [a.bytes, later.bytes],
      [a.bytes, a.bytes],
      [ordered[1]?.bytes ?? a.bytes, ordered[0]?.bytes ?? a.bytes],
      [Uint8Array.of(1), a.bytes],
    ];
    for (const [first, second] of pairs) {
      const evidence = witness.sign("evidence", { first, second }, at + 2_000);
      expect(equivocatorOf(court.state.network, evidence)).toMatchObject({
        code: "evidence-malformed",
        verdict: "REJECT",
      });
    }
  });

  it("convicts nobody by messages of another network", () => {
    const { court, witness } = place();
    const elsewhere = new Court({ auditPpm: 1 });
    const evidence = evidenceOf(court, forked(elsewhere, "4"), witness);
    expect(court.close([evidence]).refused.map(({ error }) => error.code)).toEqual(["evidence-malformed"]);
  });
});
