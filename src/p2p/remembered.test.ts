import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryStore } from "../../sim/adapters/store.ts";
import { LIMITS } from "../core/limits.ts";
import { RememberedAddresses } from "./remembered.ts";

const KEY = "network/p2p/remembered";
const peer = (index: number): string => `12D3KooW${index}`;
const ws = (index: number, port = 1): string =>
  `/ip4/10.0.0.${index % 250}/tcp/${port}/ws/p2p/${peer(index)}`;

test("what worked stands before what a peer says of itself, and outlives a restart", async () => {
  const store = new MemoryStore();
  const first = await RememberedAddresses.open(store);
  first.addPeer(peer(1), [ws(1, 1), ws(1, 2)], false);
  first.addPeer(peer(1), [ws(1, 3)], true);
  first.addPeer(peer(2), [ws(2)], true);
  first.addRelay(ws(9));
  await first.stop();
  const again = await RememberedAddresses.open(store);
  expect(again.peers).toEqual([
    { peer: peer(2), addresses: [ws(2)] },
    { peer: peer(1), addresses: [ws(1, 3), ws(1, 1), ws(1, 2)] },
  ]);
  expect(again.relays).toEqual([ws(9)]);
});

test("never keeps more than its bounds, nor an address that leads through somebody", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(100), fc.integer({ min: 1, max: 9 }), fc.boolean()), { maxLength: 300 }),
      async (added) => {
        const remembered = await RememberedAddresses.open(undefined);
        for (const [index, port, worked] of added) {
          remembered.addPeer(
            peer(index),
            [ws(index, port), `${ws(index)}/p2p-circuit/p2p/${peer(1)}`],
            worked,
          );
          remembered.addRelay(ws(index, port));
        }
        expect(remembered.peers.length).toBeLessThanOrEqual(LIMITS.rememberedPeers);
        expect(remembered.relays.length).toBeLessThanOrEqual(LIMITS.learntRelays);
        for (const { addresses } of remembered.peers) {
          expect(addresses.length).toBeLessThanOrEqual(LIMITS.rememberedAddresses);
          expect(addresses.every((address) => !address.includes("p2p-circuit"))).toBe(true);
        }
        await remembered.stop();
      },
    ),
    { numRuns: 50 },
  );
});

test("what is stored and damaged is forgotten", async () => {
  for (const text of ["", "{", "[]", '{"peers":[{"peer":1}],"relays":[]}']) {
    const store = new MemoryStore();
    await store.setValue(KEY, new TextEncoder().encode(text));
    const remembered = await RememberedAddresses.open(store);
    expect([remembered.peers, remembered.relays]).toEqual([[], []]);
  }
});
