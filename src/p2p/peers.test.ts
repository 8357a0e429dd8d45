import { peerIdFromString } from "@libp2p/peer-id";
import { expect, test } from "vitest";
import { type Aged, endOlder } from "./peers.ts";

const remotePeer = peerIdFromString("12D3KooWK9CGa19Z75fZPmb3BzMnVnsh5faEuMsZ9YDCZ8Jj9gk4");

test("of several connections with a peer the newest stays: the ones before it may be dead without anybody knowing", () => {
  const ended: string[] = [];
  const made = (id: string, open: number): Aged => ({
    id,
    remotePeer,
    timeline: { open },
    abort: () => void ended.push(id),
  });
  const [first, second, newest] = [made("first", 1), made("second", 5), made("newest", 5)];
  endOlder({ getConnections: () => [first, second, newest] }, newest);
  expect(ended).toEqual(["first", "second"]);
  ended.length = 0;
  endOlder({ getConnections: () => [first, newest] }, first);
  expect(ended).toEqual([]);
});
