/** One process of the bench "p2p-catchup": gives a log of many messages, or catches up with it. Talks to its parent by IPC. */
import "../src/p2p/node-polyfills.ts";
import { multiaddr } from "@multiformats/multiaddr";
import { MessageLog } from "../src/app/node/message-log.ts";
import { genesisCid } from "../src/core/artifacts/genesis.ts";
import { createIdentity } from "../src/core/identity.ts";
import { signMessage, type TypedMessage } from "../src/core/messages/message.ts";
import type { Cid } from "../src/core/primitives.ts";
import { createNetwork, type Network } from "../src/p2p/node.ts";
import type { Store, StoredMessage } from "../src/ports/store.ts";
import { createLevelStore } from "../src/store/level/store.ts";
import { systemClock } from "../src/store/system.ts";
import { validationThread } from "../src/workers/threads/threads.ts";
import { hashOf, makeGenesis, seedOf } from "../vectors/lib/world.ts";
import type { CatchupOrder, CatchupReport } from "./p2p-catchup.ts";

const WRITTEN_AT_ONCE = 2_000;
const genesis = makeGenesis();
const network = genesisCid(genesis);

function report(message: CatchupReport): void {
  process.send?.(message);
}

/** Signed messages of many authors, each in its author's log. */
async function fill(store: Store, authors: number, length: number): Promise<void> {
  let waiting: StoredMessage[] = [];
  for (let index = 0; index < authors; index++) {
    const { secretKey } = createIdentity(seedOf(`author ${index}`));
    let previous: Cid | null = null;
    for (let sequence = 0; sequence < length; sequence++) {
      const commitment = hashOf(`${index} ${sequence}`);
      const body = { epoch: sequence, commitment, bondWei: 0n };
      const message: TypedMessage<"commit"> = signMessage({
        network,
        secretKey,
        sequence,
        previous,
        timestampMs: 0,
        kind: "commit",
        body,
      });
      previous = message.cid;
      waiting.push({
        cid: message.cid,
        author: message.envelope.author,
        sequence,
        kind: message.kind,
        epoch: sequence,
        bytes: message.bytes,
        receivedAtMs: systemClock.nowMs(),
      });
      if (waiting.length < WRITTEN_AT_ONCE) continue;
      await store.addMessages(waiting);
      waiting = [];
    }
  }
  await store.addMessages(waiting);
}

async function run(order: CatchupOrder): Promise<void> {
  const identitySeed = seedOf(`catch-up ${order.role}`);
  const store = await createLevelStore({ folder: order.folder, network });
  if (order.role === "giver") await fill(store, order.authors, order.messagesEach);
  const node: Network = await createNetwork({
    identitySeed,
    relays: [],
    networkName: network,
    blocks: { kind: "memory" },
    localNetwork: true,
    platform: "node",
    listen: ["/ip4/127.0.0.1/tcp/0/ws"],
  });
  const validation = validationThread(network, (name, reason) => {
    throw new Error(`thread ${name} is lost: ${reason}`);
  });
  const log = new MessageLog({
    genesis,
    networkCid: network,
    identity: createIdentity(identitySeed),
    store,
    clock: systemClock,
    gossip: node.gossip,
    logSync: node.logSync,
    decode: (bytes) => validation.decode(bytes),
  });
  await node.logSync.start(log);
  if (order.role === "giver") {
    report({ kind: "ready", addresses: node.addresses() });
    return;
  }
  const baseBytes = process.memoryUsage.rss();
  const startMs = performance.now();
  const before = process.cpuUsage();
  let [count, peakBytes] = [0, baseBytes];
  const done = new Promise<void>((resolve) => {
    log.onStored(() => {
      count++;
      if (count % 1_000 === 0) peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
      if (count === order.authors * order.messagesEach) resolve();
    });
  });
  await node.libp2p.dial(order.addresses.map((address) => multiaddr(address)));
  await done;
  const ms = performance.now() - startMs;
  const { user, system } = process.cpuUsage(before);
  report({ kind: "caught-up", ms, cpuMs: (user + system) / 1_000, baseBytes, peakBytes });
}

process.once("message", (order: CatchupOrder) => {
  run(order).catch((thrown: unknown) => {
    report({
      kind: "failed",
      reason: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
    });
  });
});
