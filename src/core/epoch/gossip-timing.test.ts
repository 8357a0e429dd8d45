import { describe, expect, it } from "vitest";
import { Author, makeGenesis } from "../../../vectors/lib/world.ts";
import { genesisCid } from "../artifacts/genesis.ts";
import type { Message } from "../messages/message.ts";
import { epochEndMs, epochLengthMs, epochStartMs, phaseWindow } from "./clock.ts";
import { checkGossipTiming } from "./gossip-timing.ts";

const EPOCH = 5;
const genesis = makeGenesis();
const author = new Author(genesis, "timing");
const commit = author.sign(
  "commit",
  { epoch: EPOCH, commitment: "ab".repeat(32), bondWei: 0n },
  epochStartMs(genesis, EPOCH),
);

const codeAt = (message: Message, nowMs: number) => checkGossipTiming(genesis, message, nowMs)?.code;

describe("live gossip", () => {
  it("is heard in its phase, and for an epoch around it: tabs sleep and clocks are wrong", () => {
    const { startMs, endMs } = phaseWindow(genesis, EPOCH, "commit");
    for (const nowMs of [startMs, endMs, startMs - epochLengthMs(genesis), endMs + epochLengthMs(genesis)])
      expect(codeAt(commit, nowMs)).toBeUndefined();
  });

  it("is not heard epochs too early or too late, and nobody is blamed", () => {
    const { startMs, endMs } = phaseWindow(genesis, EPOCH, "commit");
    for (const nowMs of [startMs - 2 * epochLengthMs(genesis), endMs + 2 * epochLengthMs(genesis)]) {
      expect(codeAt(commit, nowMs)).toBe("out-of-phase");
      expect(checkGossipTiming(genesis, commit, nowMs)?.verdict).toBe("IGNORE");
    }
  });

  it("brings what has no end at any later time: an epoch in which nothing happened is signed later", () => {
    const ballot = author.sign(
      "ballot",
      { proposal: genesisCid(genesis), choice: "for" },
      epochStartMs(genesis, EPOCH),
    );
    expect(codeAt(ballot, epochEndMs(genesis, EPOCH + 1_000))).toBeUndefined();
    expect(codeAt(ballot, epochStartMs(genesis, EPOCH) - 2 * epochLengthMs(genesis))).toBe("out-of-phase");
  });
});
