import { link, type MeshLibp2p } from "./mesh-node.ts";

/** Others to link to, spread over the ring: the next one, and some farther away. */
export function steps(index: number, count: number, links: number): number[] {
  return Array.from(
    { length: links },
    (_, at) => (index + 1 + Math.floor((at * (count - 1)) / links)) % count,
  );
}

type Pair = readonly [from: MeshLibp2p, to: MeshLibp2p | undefined];

/** Some at a time: one process has them all. */
export async function inTurn(pairs: readonly Pair[]): Promise<void> {
  for (let at = 0; at < pairs.length; at += 32) {
    await Promise.all(
      pairs.slice(at, at + 32).map(([from, to]) => (to === undefined ? undefined : link(from, to))),
    );
  }
}

/** Whether it came true in time. */
export async function until(timeoutMs: number, condition: () => boolean): Promise<boolean> {
  const untilMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > untilMs) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
