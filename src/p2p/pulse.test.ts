import { peerIdFromString } from "@libp2p/peer-id";
import { expect, test } from "vitest";
import { Pulse, type Watched } from "./pulse.ts";

const BEAT_MS = 10_000;
const remotePeer = peerIdFromString("12D3KooWK9CGa19Z75fZPmb3BzMnVnsh5faEuMsZ9YDCZ8Jj9gk4");

/** A connection whose other end answers while `answers`. */
function scene() {
  const state = { answers: true, asked: 0, aborted: 0 };
  const connection: Watched = {
    id: "one",
    remotePeer,
    abort: () => {
      state.aborted += 1;
    },
  };
  const ask = async (): Promise<void> => {
    state.asked += 1;
    if (!state.answers) throw new Error("no answer");
  };
  const pulse = new Pulse(() => [connection], ask, 0);
  let nowMs = 0;
  const beat = async (afterMs = BEAT_MS): Promise<void> => {
    nowMs += afterMs;
    pulse.beat(nowMs);
    // The answer is noted in the turns after.
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { state, beat };
}

test("a connection whose other end answers is left alone", async () => {
  const { state, beat } = scene();
  for (let beats = 0; beats < 10; beats++) await beat();
  expect(state).toEqual({ answers: true, asked: 10, aborted: 0 });
});

test("one on which nobody answers for 30 s is ended, not before", async () => {
  const { state, beat } = scene();
  await beat();
  state.answers = false;
  for (let beats = 0; beats < 2; beats++) await beat();
  expect(state.aborted).toBe(0);
  await beat();
  expect(state.aborted).toBe(1);
});

test("one late answer is enough to go on", async () => {
  const { state, beat } = scene();
  await beat();
  state.answers = false;
  await beat();
  state.answers = true;
  await beat();
  state.answers = false;
  for (let beats = 0; beats < 2; beats++) await beat();
  expect(state.aborted).toBe(0);
});

test("after the machine slept the other end gets its time again", async () => {
  const { state, beat } = scene();
  await beat();
  state.answers = false;
  await beat(60 * BEAT_MS);
  for (let beats = 0; beats < 2; beats++) await beat();
  expect(state.aborted).toBe(0);
  await beat();
  expect(state.aborted).toBe(1);
});
