import { describe, expect, it } from "vitest";
import { SAMPLES } from "../../../vectors/lib/message-samples.ts";
import { Author, hashOf, makeGenesis } from "../../../vectors/lib/world.ts";
import { equivocatorOf } from "../epoch/equivocation.ts";
import { equivocationProof, evidenceOf, verifyLogStep } from "./log.ts";

const genesis = makeGenesis();
const body = { epoch: 0, commitment: "ab".repeat(32), bondWei: 0n };

function log(name: string) {
  const author = new Author(genesis, name);
  return [0, 1, 2].map((i) => author.sign("commit", { ...body, epoch: i }, i));
}

describe("author's log", () => {
  const [first, second, third] = log("a");
  const [stranger, strangersSecond] = log("b");
  const fork = (() => {
    const author = new Author(genesis, "a");
    author.sign("commit", { ...body, epoch: 9 }, 0);
    return author.sign("commit", { ...body, epoch: 1 }, 1);
  })();

  it("accepts each message after the one before it", () => {
    expect(first && verifyLogStep(undefined, first)).toBeUndefined();
    expect(first && second && verifyLogStep(first, second)).toBeUndefined();
  });

  it.each([
    ["duplicate", first, first, "IGNORE"],
    ["log-gap", first, third, "IGNORE"],
    ["log-gap", undefined, second, "IGNORE"],
    ["log-author", stranger, second, "REJECT"],
    ["log-fork", second, first, "IGNORE"],
    ["log-fork", first, fork, "IGNORE"],
  ])("says %s", (code, previous, message, verdict) => {
    expect(message && verifyLogStep(previous, message)).toMatchObject({ code, verdict });
  });

  it("proves equivocation with two votes of one epoch, wherever they stand in the log", () => {
    const author = new Author(genesis, "voter");
    const said = SAMPLES["epoch-vote"].good.plain;
    if (said === undefined) throw new Error("no vote");
    const vote = (stateRoot: string, epoch = said.epoch) =>
      author.sign("epoch-vote", { ...said, epoch, root: { ...said.root, epoch, stateRoot } }, 0);
    const [one, other, again, later] = [
      vote(hashOf("a")),
      vote(hashOf("b")),
      vote(hashOf("a")),
      vote(hashOf("b"), 9),
    ];
    expect(equivocationProof(one, other)).toMatchObject({ author: author.nodeId });
    expect(equivocationProof(one, again)).toBeUndefined();
    expect(equivocationProof(one, later)).toBeUndefined();
  });

  it("proves equivocation with two messages in one place, in one order", () => {
    if (second === undefined || strangersSecond === undefined) throw new Error("no messages");
    const proof = equivocationProof(second, fork);
    expect(proof).toMatchObject({ author: second.envelope.author });
    expect(equivocationProof(fork, second)).toEqual(proof);
    expect(equivocationProof(second, second)).toBeUndefined();
    expect(equivocationProof(second, strangersSecond)).toBeUndefined();
  });

  it("carries a proof as evidence that convicts its author, and no other", () => {
    if (second === undefined || strangersSecond === undefined) throw new Error("no messages");
    const proof = equivocationProof(fork, second);
    if (proof === undefined) throw new Error("no proof");
    const witness = new Author(genesis, "b");
    const shown = evidenceOf(proof);
    const { network } = second.envelope;
    expect(equivocatorOf(network, witness.sign("evidence", shown, 9))).toBe(second.envelope.author);
    const cases = [
      { first: shown.second, second: shown.first },
      { first: shown.first, second: shown.first },
      { first: shown.first, second: strangersSecond.bytes },
      { first: shown.first, second: shown.second.subarray(1) },
    ];
    for (const body of cases) {
      expect(equivocatorOf(network, witness.sign("evidence", body, 9))).toMatchObject({
        code: "evidence-malformed",
        verdict: "REJECT",
      });
    }
  });
});
