import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ValidationQueue } from "./gossip-queue.ts";

const fill = (queue: ValidationQueue, peer: string, count: number): number =>
  Array.from({ length: count }, () => queue.admit(peer, 1)).filter((release) => release !== undefined).length;

describe("the validation queue", () => {
  it("is never filled by one peer, so that another's message gets in", () => {
    const queue = new ValidationQueue({ messages: 12, bytes: 1_000 });
    expect(fill(queue, "flooder", 100)).toBe(6);
    expect(fill(queue, "honest", 1)).toBe(1);
    expect(fill(queue, "flooder", 100)).toBe(0);
  });

  it("is bounded in bytes too, and takes one large message of a peer that has nothing in it", () => {
    const queue = new ValidationQueue({ messages: 100, bytes: 10 });
    expect(queue.admit("a", 8)).toBeDefined();
    expect(queue.admit("a", 1)).toBeUndefined();
    expect(queue.admit("b", 2)).toBeDefined();
    expect(queue.admit("c", 1)).toBeUndefined();
  });

  it("has room again when messages are judged, each once", () => {
    const queue = new ValidationQueue({ messages: 2, bytes: 100 });
    const release = queue.admit("a", 5);
    release?.();
    release?.();
    expect(queue.pending).toEqual({ messages: 0, bytes: 0 });
    expect(fill(queue, "a", 2)).toBe(1);
  });

  it("holds its bounds and forgets nothing, whatever comes in which order", () => {
    const step = fc.record({
      peer: fc.constantFrom("a", "b", "c"),
      bytes: fc.nat(30),
      release: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new ValidationQueue({ messages: 8, bytes: 64 });
        const open: (() => void)[] = [];
        for (const { peer, bytes, release } of steps) {
          if (release) open.shift()?.();
          const admitted = queue.admit(peer, bytes);
          if (admitted !== undefined) open.push(admitted);
          expect(queue.pending.messages).toBeLessThanOrEqual(8);
          expect(queue.pending.bytes).toBeLessThanOrEqual(64);
          expect(queue.pending.messages).toBe(open.length);
        }
        for (const release of open) release();
        expect(queue.pending).toEqual({ messages: 0, bytes: 0 });
      }),
    );
  });
});
