import { HonestNode, MESSAGE_BYTES } from "../sim/mesh/honest.ts";
import { inTurn, quantile, steps, until } from "../sim/mesh/lay-out.ts";
import type { Emit } from "./figure.ts";

const PEERS = 30;
const LINKS_DIALLED = 5;
const MESSAGES = 200;
const PACE_MS = 100;
const WAIT_MS = 30_000;

/**
 * Gossip among 30 nodes over WebSockets on the loopback device, with Noise and the settings that ship, in one process:
 * the time from publish to the validator of each other node, copies of a message that a node gets, and bytes on the wire
 * for each byte that is new.
 */
export async function run(emit: Emit): Promise<void> {
  const nodes = await Promise.all(
    Array.from({ length: PEERS }, (_, index) =>
      HonestNode.start(`bench-${index}`, "all", { links: "websocket", beatMs: 1_000 }),
    ),
  );
  try {
    await inTurn(
      nodes.flatMap((node, index) =>
        steps(index, PEERS, LINKS_DIALLED).map((to) => [node.libp2p, nodes[to]?.libp2p] as const),
      ),
    );
    for (const node of nodes) node.listen();
    await until(WAIT_MS, () => nodes.every((node) => node.mesh().length >= 6));
    const delays = await speak(nodes);
    emit({ name: "p2p.gossip.p50", value: round(quantile(delays, 0.5)), unit: "ms" });
    emit({ name: "p2p.gossip.p95", value: round(quantile(delays, 0.95)), unit: "ms" });
    emit({ name: "p2p.gossip.delivered", value: delays.length / (MESSAGES * (PEERS - 1)), unit: "share" });
    emitOverhead(nodes, emit);
  } finally {
    await Promise.all(nodes.map(({ libp2p }) => libp2p.stop()));
  }
}

async function speak(nodes: readonly HonestNode[]): Promise<number[]> {
  const sent: { readonly text: string; readonly by: HonestNode | undefined; readonly atMs: number }[] = [];
  for (let index = 0; index < MESSAGES; index++) {
    const by = nodes[(index * 7) % nodes.length];
    const text = `bench ${index}`;
    sent.push({ text, by, atMs: performance.now() });
    await by?.say(text);
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
  await until(WAIT_MS, () => nodes.every(({ heardAtMs }) => heardAtMs.size >= MESSAGES));
  return sent.flatMap(({ text, by, atMs }) =>
    nodes.flatMap((node) => {
      const heardAtMs = node === by ? undefined : node.heardAtMs.get(text);
      return heardAtMs === undefined ? [] : [heardAtMs - atMs];
    }),
  );
}

function emitOverhead(nodes: readonly HonestNode[], emit: Emit): void {
  const counts = nodes.flatMap(({ traffic }) => Object.values(traffic.counts()));
  const sum = (of: (one: (typeof counts)[number]) => number): number =>
    counts.reduce((total, one) => total + of(one), 0);
  const accepted = sum((one) => one.accepted);
  emit({
    name: "p2p.gossip.duplicates",
    value: round(sum((one) => one.duplicates) / accepted),
    unit: "copies",
  });
  emit({
    name: "p2p.gossip.overhead",
    value: round(sum((one) => one.receivedBytes) / (accepted * MESSAGE_BYTES)),
    unit: "bytes/byte",
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
