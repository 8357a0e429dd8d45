import "../../src/p2p/node-polyfills.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Relay, startRelay } from "../../relay/relay.ts";
import { History } from "../../sim/history.ts";
import { audit } from "../../src/app/audit/audit.ts";
import { genesisCid } from "../../src/core/artifacts/genesis.ts";
import { createNetwork, type Network } from "../../src/p2p/node.ts";
import { collectLogs } from "./collect.ts";
import { CollectedLogs } from "./collected-logs.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-audit-"));
const networks: Network[] = [];
let relay: Relay;

beforeAll(async () => {
  const host = "127.0.0.1";
  relay = await startRelay({ port: 0, host, privateKeyFile: join(folder, "relay.key") });
});
afterAll(async () => {
  await Promise.allSettled(networks.map((network) => network.stop()));
  await relay.stop();
  rmSync(folder, { recursive: true });
});

async function enter(networkName: string, seed: number): Promise<Network> {
  const network = await createNetwork({
    identitySeed: new Uint8Array(32).fill(seed),
    relays: relay.multiaddrs,
    networkName,
    blocks: { kind: "memory" },
    localNetwork: true,
    platform: "node",
  });
  networks.push(network);
  return network;
}

it("finds a peer over a relay, gets its logs and bundles, and replays to the same root", async () => {
  const history = new History();
  await history.stakeAll();
  await history.clock.advanceTo(history.genesis.startMs);
  const { stateRoot } = await history.runEpoch(0);
  const cid = genesisCid(history.genesis);

  const peer = await enter(cid, 1);
  const held = new CollectedLogs(cid);
  for (const bytes of history.bytes()) await held.ingest(bytes);
  for (const bytes of history.artifacts.values()) await peer.artifacts.put(bytes);
  await peer.logSync.start(held);

  const auditor = await enter(cid, 2);
  const logs = new CollectedLogs(cid);
  await collectLogs({ ...auditor, logs, print: () => {} });
  expect(logs.messages()).toHaveLength(history.messages.length);
  const { genesis, chain, evaluator } = history;
  const sources = { genesis, chain, evaluator, messages: logs.messages(), artifacts: auditor.artifacts };
  expect(await audit(sources, 0)).toMatchObject({ stateRoot });
  expect((await audit(sources, 0)).difference).toBeUndefined();
});
