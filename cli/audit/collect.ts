import { setTimeout as delay } from "node:timers/promises";
import { failure } from "../../src/core/errors.ts";
import type { Gossip } from "../../src/ports/gossip.ts";
import type { LogSync } from "../../src/ports/log-sync.ts";
import type { CollectedLogs } from "./collected-logs.ts";

const POLL_MS = 500;
/** Finding peers over a relay takes a few seconds; a tab that sleeps takes longer. */
const PEERS_WITHIN_MS = 60_000;
const LOGS_WITHIN_MS = 120_000;
/** Rounds in a row that bring no message and no peer: the first peer found may be one that lags behind the others. */
const QUIET_ROUNDS = 6;

export interface CollectOptions {
  readonly gossip: Pick<Gossip, "status">;
  readonly logSync: LogSync;
  readonly logs: CollectedLogs;
  readonly print: (line: string) => void;
}

/** Syncs until the peers have nothing new. Errors: no-peers, no-messages. */
export async function collectLogs({ gossip, logSync, logs, print }: CollectOptions): Promise<void> {
  await logSync.start(logs);
  await waitForPeers(gossip);
  print(`${gossip.status().peers.length} peers found, collecting their logs`);
  const untilMs = Date.now() + LOGS_WITHIN_MS;
  for (let quiet = 0; quiet < QUIET_ROUNDS && Date.now() < untilMs; ) {
    const before = logs.messages().length + gossip.status().peers.length;
    const { refused } = await logSync.syncWithAll();
    for (const { message, code } of refused) print(`a peer offered what is refused: ${code}: ${message}`);
    const after = logs.messages().length + gossip.status().peers.length;
    quiet = after === before ? quiet + 1 : 0;
    if (quiet < QUIET_ROUNDS) await delay(POLL_MS);
  }
  const count = logs.messages().length;
  if (count === 0) throw failure("no-messages", "The peers hold no messages", "at least one epoch", "none");
}

async function waitForPeers(gossip: Pick<Gossip, "status">): Promise<void> {
  const untilMs = Date.now() + PEERS_WITHIN_MS;
  while (gossip.status().peers.length === 0) {
    if (Date.now() > untilMs) {
      const expected = `an open tab within ${PEERS_WITHIN_MS / 1_000} s`;
      throw failure("no-peers", "No peer of this network is online", expected, "none");
    }
    await delay(POLL_MS);
  }
}
