import { describe, expect, it } from "vitest";
import { makeAuthors, makeGenesis } from "../../../vectors/lib/world.ts";
import { genesisCid } from "../../core/artifacts/genesis.ts";
import type { EpochRoot } from "../../core/chain-types.ts";
import type { Kind } from "../../core/messages/kinds.ts";
import { isMessageOf, type Message } from "../../core/messages/message.ts";
import { evidenceIn, type HeldVote, heldVotes } from "./evidence-book.ts";

const hash = (byte: string): string => byte.repeat(32);
const SELF = hash("aa");
const OTHER = hash("bb");
const THIRD = hash("cc");

function root(changed: Partial<EpochRoot> = {}): EpochRoot {
  return {
    epoch: 4,
    previousRoot: hash("01"),
    stateRoot: hash("02"),
    claimsRoot: hash("03"),
    manifestDigest: hash("04"),
    snapshotBlock: 9,
    ...changed,
  };
}

const vote = (nodeId: string, of: EpochRoot): HeldVote => ({ nodeId, root: of, signature: "ab" });

describe("evidence in votes", () => {
  it("two votes for one root are none, however often they came", () => {
    expect(evidenceIn([vote(OTHER, root()), vote(OTHER, root()), vote(THIRD, root())], [], SELF)).toEqual([]);
  });

  it.each<Partial<EpochRoot>>([{ stateRoot: hash("ff") }, { claimsRoot: hash("ff") }, { snapshotBlock: 8 }])(
    "two roots of one epoch by one node are, whatever differs: %j",
    (changed) => {
      const other = root(changed);
      const [found, ...more] = evidenceIn([vote(OTHER, root()), vote(OTHER, other)], [], SELF);
      expect(more).toEqual([]);
      expect(found).toMatchObject({
        id: `two-roots 4 ${OTHER}`,
        epoch: 4,
        evidence: { offence: "two-roots", nodeId: OTHER, first: { root: root() }, second: { root: other } },
      });
    },
  );

  it("roots of two epochs, and of two nodes, are none", () => {
    const votes = [
      vote(OTHER, root()),
      vote(OTHER, root({ epoch: 5 })),
      vote(THIRD, root({ snapshotBlock: 8 })),
    ];
    expect(evidenceIn(votes, [], SELF)).toEqual([]);
  });

  it("who signed a root that a jury overturned is listed once, for that alone", () => {
    const wrong = root({ claimsRoot: hash("ee") });
    const votes = [vote(OTHER, wrong), vote(OTHER, wrong), vote(THIRD, root())];
    expect(evidenceIn(votes, [wrong], SELF).map(({ id }) => id)).toEqual([`refuted-root 4 ${OTHER}`]);
  });

  it("a node says nothing against itself", () => {
    expect(evidenceIn([vote(SELF, root()), vote(SELF, root({ snapshotBlock: 8 }))], [], SELF)).toEqual([]);
  });
});

describe("votes that a node holds", () => {
  it("evidence with anything in it keeps none of them from being seen", async () => {
    const genesis = makeGenesis();
    const [author] = makeAuthors(genesis, 1);
    if (author === undefined) throw new Error("no author");
    const body = {
      epoch: 4,
      round: 0,
      messageSet: genesisCid(genesis),
      root: root(),
      operatorSignature: "ab".repeat(65),
    };
    const vote = author.sign("epoch-vote", body, genesis.startMs);
    const odd = author.sign(
      "evidence",
      { first: Uint8Array.of(1), second: Uint8Array.of(2) },
      genesis.startMs,
    );
    const messages: Message[] = [vote, odd];
    const log = {
      ofEpoch: async <K extends Kind>(_epoch: number, kind: K) => messages.filter(isMessageOf(kind)),
      ofKind: async <K extends Kind>(kind: K) => messages.filter(isMessageOf(kind)),
    };
    const held = await heldVotes(log, genesisCid(genesis), [4]);
    expect(held).toEqual([{ nodeId: author.nodeId, root: root(), signature: body.operatorSignature }]);
  });
});
