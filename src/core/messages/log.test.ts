import { describe, expect, it } from "vitest";
import { Author, makeGenesis } from "../../../vectors/lib/world.ts";
import { equivocationProof, verifyLogStep } from "./log.ts";

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
    ["log-fork", second, first, "REJECT"],
    ["log-fork", first, fork, "REJECT"],
  ])("says %s", (code, previous, message, verdict) => {
    expect(message && verifyLogStep(previous, message)).toMatchObject({ code, verdict });
  });

  it("proves equivocation with two messages in one place, in one order", () => {
    if (second === undefined || strangersSecond === undefined) throw new Error("no messages");
    const proof = equivocationProof(second, fork);
    expect(proof).toMatchObject({ author: second.envelope.author, sequence: 1 });
    expect(equivocationProof(fork, second)).toEqual(proof);
    expect(equivocationProof(second, second)).toBeUndefined();
    expect(equivocationProof(second, strangersSecond)).toBeUndefined();
  });
});
