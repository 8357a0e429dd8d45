import { expect, test } from "vitest";
import {
  firstRelayAddress,
  isNested,
  isPlainAddress,
  isRelayedAddress,
  lastRelayOf,
  transportOf,
} from "./addresses.ts";

const [R, TAB, ME] = [
  "12D3KooWHhpyeGRP8jBJJ8qSWz4W3pw8Z7Gp4f3PS7oYTQSWUW2D",
  "12D3KooWCYtVbZg9LRghV5Afg6x3q7aTkEudTEi1k7NEumQq2rG1",
  "12D3KooWA5dqXyzLYdZ5DFLPFGa4WyUWgvHMkb2Aw1hEX6QxXTWZ",
];
const RELAY = `/dns4/relay.example/tcp/443/wss/p2p/${R}`;
const BY_RELAY = `${RELAY}/p2p-circuit/p2p/${ME}`;
const BY_WEBRTC = `${RELAY}/p2p-circuit/webrtc/p2p/${ME}`;
/** As the far end sees a connection that a tab relays: that tab itself was reached by WebRTC. */
const BY_TAB = `${RELAY}/p2p-circuit/webrtc/p2p/${TAB}/p2p-circuit/p2p/${ME}`;
const DIRECT = `/ip4/10.0.0.1/udp/4001/webrtc-direct/certhash/uEiAw/p2p/${ME}`;

test("a link counts as direct only when nobody in between carries its bytes", () => {
  expect([BY_RELAY, BY_WEBRTC, BY_TAB, DIRECT, RELAY].map(isRelayedAddress)).toEqual([
    true,
    false,
    true,
    false,
    false,
  ]);
  expect([BY_RELAY, BY_WEBRTC, BY_TAB, DIRECT, RELAY].map(transportOf)).toEqual([
    "relay",
    "webrtc",
    "relay",
    "webrtc-direct",
    "websocket",
  ]);
  expect(transportOf(`/memory/one/p2p/${ME}`)).toBe("in-process");
  expect(isRelayedAddress(`/memory/one/p2p/${ME}`)).toBe(false);
});

test("the relay of an address is the one that is asked last, and the first one has an address of its own", () => {
  expect(lastRelayOf(BY_RELAY)).toBe(R);
  expect(lastRelayOf(BY_TAB)).toBe(TAB);
  expect(lastRelayOf(DIRECT)).toBeUndefined();
  expect(firstRelayAddress(BY_WEBRTC)).toBe(RELAY);
  expect(firstRelayAddress(BY_TAB)).toBe(RELAY);
  expect(firstRelayAddress(`/p2p/${TAB}/p2p-circuit/webrtc/p2p/${ME}`)).toBeUndefined();
  expect(firstRelayAddress(DIRECT)).toBeUndefined();
  expect([isNested(BY_TAB), isNested(BY_RELAY)]).toEqual([true, false]);
});

test("only addresses that are dialled without a relay are remembered as such", () => {
  expect([RELAY, DIRECT].every(isPlainAddress)).toBe(true);
  expect([BY_RELAY, BY_WEBRTC, BY_TAB, "/ip4/10.0.0.1/tcp/1/ws", `/p2p/${ME}`, ""].some(isPlainAddress)).toBe(
    false,
  );
});
