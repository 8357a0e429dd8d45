import type { Dice } from "./dice.ts";

export interface Link {
  readonly to: number;
  /** One way, without jitter; the same in both directions. */
  readonly delayMs: number;
  /** When the last send arrives: streams between peers keep their order. */
  lastAtMs: number;
}

/** Rings laid over each other; each gives a node two neighbours. */
const RINGS = 4;
const NEAREST_MS = 8;
const FARTHEST_MS = 90;

/**
 * A connected mesh in which nobody has more than 2 · RINGS neighbours: rings through all nodes in different random
 * orders, which is close to a random regular graph, so any two nodes are a few hops apart.
 */
export function drawLinks(nodes: number, dice: Dice): readonly (readonly Link[])[] {
  const links = Array.from({ length: nodes }, () => new Map<number, number>());
  const everybody = Array.from({ length: nodes }, (_, index) => index);
  const connect = (a: number, b: number): void => {
    if (a === b || links[a]?.has(b)) return;
    const delayMs = NEAREST_MS + dice.below(FARTHEST_MS - NEAREST_MS);
    links[a]?.set(b, delayMs);
    links[b]?.set(a, delayMs);
  };
  if (nodes <= 2 * RINGS + 1) {
    for (const a of everybody) for (const b of everybody.slice(a + 1)) connect(a, b);
  } else {
    for (let ring = 0; ring < RINGS; ring++) {
      const order = dice.shuffled(everybody);
      order.forEach((a, at) => {
        connect(a, order[(at + 1) % nodes] ?? a);
      });
    }
  }
  return links.map((neighbours) => [...neighbours].map(([to, delayMs]) => ({ to, delayMs, lastAtMs: 0 })));
}
