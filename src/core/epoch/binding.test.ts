import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RegistrySnapshot } from "../chain-types.ts";
import type { TypedMessage } from "../messages/message.ts";
import type { Cid, NodeId } from "../primitives.ts";
import { canStillBeCertified } from "./binding.ts";

type Vote = TypedMessage<"epoch-vote">;

const HASH = "0".repeat(64);
const nodeIdAt = (index: number): NodeId => index.toString(16).padStart(64, "0");

function registryOf(stakesWei: readonly bigint[]): RegistrySnapshot {
  const entries = stakesWei.map((stakeWei, index) => ({
    nodeId: nodeIdAt(index),
    operator: `0x${index.toString(16).padStart(40, "0")}` as const,
    account: `0x${index.toString(16).padStart(40, "0")}` as const,
    stakeWei,
    delegatedWei: 0n,
    lockedUntilMs: 0,
  }));
  return { blockNumber: 1, blockHash: HASH, entries };
}

function vote(index: number, messageSet: Cid, epoch: number): Vote {
  const root = {
    epoch,
    previousRoot: HASH,
    stateRoot: HASH,
    claimsRoot: HASH,
    manifestDigest: HASH,
    snapshotBlock: 1,
  };
  return {
    kind: "epoch-vote",
    cid: `${messageSet} ${index} ${epoch}`,
    bytes: new Uint8Array(),
    envelope: {
      version: 1,
      network: "network",
      author: nodeIdAt(index),
      sequence: 0,
      previous: null,
      timestampMs: 0,
      kind: "epoch-vote",
      body: { epoch, round: 0, messageSet, root, operatorSignature: "" },
      signature: "",
    },
  };
}

describe("what a vote binds to", () => {
  const equal = registryOf([1n, 1n, 1n, 1n, 1n, 1n]);

  it.each([
    ["nobody else has voted", [], true],
    ["a third has voted for another set", [vote(1, "other", 3), vote(2, "other", 4)], true],
    ["more than a third has", [vote(1, "other", 3), vote(2, "other", 4), vote(3, "other", 3)], false],
    [
      "more than a third has voted before it only",
      [vote(1, "other", 2), vote(2, "other", 2), vote(3, "other", 2)],
      true,
    ],
    [
      "some voted for it and for a later one",
      [
        vote(1, "set", 3),
        vote(2, "set", 3),
        vote(3, "set", 3),
        vote(1, "other", 4),
        vote(2, "other", 4),
        vote(3, "other", 4),
      ],
      true,
    ],
  ] as const)("can still be certified when %s: %s", (_, votes, expected) => {
    expect(canStillBeCertified(equal, "set", 3, [vote(0, "set", 3), ...votes])).toBe(expected);
  });

  it("lets no state have two certified successors, in whatever order honest validators vote and hear of votes", () => {
    const chance = (numerator: number) => fc.nat(9).map((drawn) => drawn < numerator);
    const step = fc.record({
      takesPart: chance(8),
      side: chance(9),
      hears: fc.array(chance(5), { minLength: 28, maxLength: 28 }),
    });
    const epochs = fc.array(fc.array(step, { minLength: 7, maxLength: 7 }), { minLength: 2, maxLength: 4 });
    const stakesOf = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(stakesOf, epochs, (stakes, plan) => {
        const registry = registryOf(stakes.map(BigInt));
        const said: Vote[] = [];
        plan.forEach((steps, epoch) => {
          steps.forEach(({ takesPart, side, hears }, voter) => {
            const own = said.filter(({ envelope }) => envelope.author === nodeIdAt(voter));
            const known = said.filter((one, at) => own.includes(one) || hears[at]);
            const isBound = own.some(({ envelope: { body } }) =>
              canStillBeCertified(registry, body.messageSet, body.epoch, known),
            );
            if (takesPart && !isBound) said.push(vote(voter, `${epoch} ${side}`, epoch));
          });
        });
        const total = stakes.reduce((sum, stake) => sum + stake, 0);
        const sets = [...new Set(said.map(({ envelope }) => envelope.body.messageSet))];
        const certified = sets.filter((set) => {
          const voters = said.filter(({ envelope }) => envelope.body.messageSet === set);
          const stake = voters.reduce(
            (sum, { envelope }) => sum + (stakes[Number.parseInt(envelope.author, 16)] ?? 0),
            0,
          );
          return stake * 3 >= total * 2;
        });
        expect(certified.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2_000 },
    );
  });
});
