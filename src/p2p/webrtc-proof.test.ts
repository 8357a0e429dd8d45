import { expect, test } from "vitest";
import { canCarry } from "./webrtc-proof.ts";

/** What a page's RTCPeerConnection tells of itself. */
class Reported extends EventTarget {
  connectionState: RTCPeerConnectionState;

  constructor(state: RTCPeerConnectionState) {
    super();
    this.connectionState = state;
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }
}

const LONG_MS = 60_000;
const within = (state: RTCPeerConnectionState) => {
  const peerConnection = new Reported(state);
  return { peerConnection, connection: { peerConnection } };
};

test("a WebRTC connection that is connected carries, one that failed or closed does not", async () => {
  expect(await canCarry(within("connected").connection, LONG_MS)).toBe(true);
  expect(await canCarry(within("failed").connection, LONG_MS)).toBe(false);
  expect(await canCarry(within("closed").connection, LONG_MS)).toBe(false);
});

test("one that is still on its way is waited for, whichever way it ends", async () => {
  const good = within("connecting");
  const carries = canCarry(good.connection, LONG_MS);
  good.peerConnection.become("connecting");
  good.peerConnection.become("connected");
  expect(await carries).toBe(true);
  const bad = within("new");
  const fails = canCarry(bad.connection, LONG_MS);
  bad.peerConnection.become("failed");
  expect(await fails).toBe(false);
});

test("one whose caller has given up is none: nobody waits for it for long", async () => {
  expect(await canCarry(within("connecting").connection, 1)).toBe(false);
});

test("what is not WebRTC has passed bytes already", async () => {
  expect(await canCarry({})).toBe(true);
});
