import { peerIdFromString } from "@libp2p/peer-id";
import { multiaddr } from "@multiformats/multiaddr";
import { expect, test } from "vitest";
import { isOwnSocket, Pulse, type Watched } from "./pulse.ts";

const BEAT_MS = 10_000;
const remotePeer = peerIdFromString("12D3KooWK9CGa19Z75fZPmb3BzMnVnsh5faEuMsZ9YDCZ8Jj9gk4");

/** A connection whose other end answers while `answers`. */
function scene() {
  const state = { answers: true, hangs: false, open: true, asked: 0, aborted: 0 };
  const connection: Watched = {
    id: "one",
    remotePeer,
    abort: () => {
      state.aborted += 1;
    },
  };
  const ask = async (): Promise<void> => {
    state.asked += 1;
    if (state.hangs) await new Promise(() => {});
    if (!state.answers) throw new Error("no answer");
  };
  const pulse = new Pulse(() => (state.open ? [connection] : []), ask, 0);
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
  expect(state).toMatchObject({ asked: 10, aborted: 0 });
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

test("is not asked again while its last question is open, and is ended all the same", async () => {
  const { state, beat } = scene();
  state.hangs = true;
  for (let beats = 0; beats < 3; beats++) await beat();
  expect(state).toMatchObject({ asked: 1, aborted: 0 });
  await beat();
  expect(state).toMatchObject({ asked: 1, aborted: 1 });
});

test("one that was away begins anew", async () => {
  const { state, beat } = scene();
  state.answers = false;
  for (let beats = 0; beats < 3; beats++) await beat();
  state.open = false;
  await beat();
  state.open = true;
  for (let beats = 0; beats < 3; beats++) await beat();
  expect(state.aborted).toBe(0);
  await beat();
  expect(state.aborted).toBe(1);
});

test("open WebSockets that this node opened are watched, and nothing else", () => {
  const peer = `p2p/${remotePeer}`;
  const remoteAddr = multiaddr(`/dns4/relay.example/tcp/443/wss/${peer}`);
  const own = { direction: "outbound", status: "open", remoteAddr } as const;
  expect(isOwnSocket(own)).toBe(true);
  expect(isOwnSocket({ ...own, direction: "inbound" })).toBe(false);
  expect(isOwnSocket({ ...own, status: "closed" })).toBe(false);
  const direct = multiaddr(`/dns4/relay.example/tcp/443/wss/${peer}/p2p-circuit/webrtc/${peer}`);
  expect(isOwnSocket({ ...own, remoteAddr: direct })).toBe(false);
});
