import { expect, test } from "vitest";
import { addressesToDial, dialsFirst } from "./dial-order.ts";

const PEER = "12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5";
const RELAY = `/ip4/127.0.0.1/tcp/9/ws/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp`;
const webSocket = `/ip4/127.0.0.1/tcp/7/ws/p2p/${PEER}`;
const webRtcDirect = `/ip4/127.0.0.1/udp/7/webrtc-direct/certhash/uEiAkH5a4DPGKUuOBjYw0CgwjvcJCJMD2K_1aluKR_tpevQ/p2p/${PEER}`;
const webRtc = `${RELAY}/p2p-circuit/webrtc/p2p/${PEER}`;
const relayed = `${RELAY}/p2p-circuit/p2p/${PEER}`;

const dialled = (addresses: readonly string[], attempts: number, more = {}) =>
  addressesToDial({ addresses, attempts, isLinked: false, mayUseWebRtc: true, ...more });

test("ways without a relay come first and alone, then WebRTC by introduction, then relayed ones", () => {
  const addresses = [relayed, webRtc, webRtcDirect];
  expect(dialled(addresses, 0)).toEqual([webRtcDirect]);
  expect(dialled(addresses, 1)).toEqual([webRtcDirect, webRtc]);
  expect(dialled(addresses, 2)).toEqual([relayed]);
});

test("a WebSocket is dialled before WebRTC-direct is spent, and by whoever may spend none at all", () => {
  const addresses = [webRtc, webRtcDirect, webSocket];
  expect(dialled(addresses, 0)).toEqual([webSocket]);
  expect(dialled(addresses, 1)).toEqual([webRtcDirect, webSocket]);
  expect(dialled(addresses, 1, { mayUseWebRtc: false })).toEqual([webSocket]);
});

test("without a connection to spend the relayed way is all that is left, and nothing where that link is there", () => {
  const addresses = [relayed, webRtc, webRtcDirect];
  expect(dialled(addresses, 0, { mayUseWebRtc: false })).toEqual([relayed]);
  expect(dialled(addresses, 0, { mayUseWebRtc: false, isLinked: true })).toEqual([]);
});

test("of many introductions each attempt tries two, and another two after a failure", () => {
  const ways = [1, 2, 3].map((port) => webRtc.replace("/tcp/9/", `/tcp/${port}/`));
  expect(dialled(ways, 0)).toEqual(ways.slice(0, 2));
  expect(dialled(ways, 1)).toEqual(ways.slice(1, 3));
});

test("whoever needs no relay to reach the other dials first; of equals the smaller id", () => {
  const tab = { id: "b", addresses: [webRtc] };
  const node = { id: "a", addresses: [webRtcDirect, webRtc] };
  expect([dialsFirst(tab, node), dialsFirst(node, tab)]).toEqual([true, false]);
  const otherTab = { id: "a", addresses: [] };
  expect([dialsFirst(tab, otherTab), dialsFirst(otherTab, tab)]).toEqual([false, true]);
  const otherNode = { id: "b", addresses: [webSocket] };
  expect([dialsFirst(node, otherNode), dialsFirst(otherNode, node)]).toEqual([true, false]);
});
