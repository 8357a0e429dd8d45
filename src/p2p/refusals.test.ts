import { generateKeyPair } from "@libp2p/crypto/keys";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { expect, it } from "vitest";
import { ignore, reject } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import { Refusals } from "./refusals.ts";
import { SeenMessages } from "./seen-messages.ts";

it("drops a peer at its last tolerated rejection, for a while, and never for ignored messages", async () => {
  const peer = peerIdFromPrivateKey(await generateKeyPair("Ed25519"));
  let nowMs = 0;
  const refusals = new Refusals(() => nowMs);
  let drops = 0;
  refusals.onChange((_, dropped) => {
    drops += dropped ? 1 : 0;
  });
  for (let index = 0; index < 1_000; index++) refusals.add(peer, ignore("late", "Late").data);
  for (let index = 1; index < LIMITS.rejectedMessagesPerPeer; index++) {
    refusals.add(peer, reject("bad", "Bad").data);
  }
  expect([drops, refusals.isDropped(peer)]).toEqual([0, false]);
  refusals.add(peer, reject("bad", "Bad").data);
  expect([drops, refusals.isDropped(peer)]).toEqual([1, true]);
  expect(refusals.counts()).toEqual({
    [peer.toString()]: { late: 1_000, bad: LIMITS.rejectedMessagesPerPeer },
  });
  nowMs += LIMITS.droppedPeerMs;
  expect(refusals.isDropped(peer)).toBe(false);
});

it("knows a message for a while, and forgets the oldest of too many", () => {
  let nowMs = 0;
  const seen = new SeenMessages(2, 100, () => nowMs);
  expect([seen.add("a"), seen.add("a"), seen.add("b")]).toEqual([true, false, true]);
  expect([seen.add("c"), seen.add("a")]).toEqual([true, true]);
  nowMs = 100;
  expect(seen.add("a")).toBe(true);
});
