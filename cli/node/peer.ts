import { FsBlockstore } from "blockstore-fs";
import { Governance } from "../../src/app/governance/governance-service.ts";
import type { NodeDependencies } from "../../src/app/node/dependencies.ts";
import { NodeRunner } from "../../src/app/node/node-runner.ts";
import { Pinner } from "../../src/app/node/pinner.ts";
import { Outbox } from "../../src/app/outbox/outbox.ts";
import type { NodeEvent } from "../../src/app/parley.ts";
import { hasEnded } from "../../src/app/wallet/transactions/judge.ts";
import { Waits } from "../../src/chain/waits.ts";
import { failure, toErrorData } from "../../src/core/errors.ts";
import { createIdentity } from "../../src/core/identity.ts";
import type { Store } from "../../src/ports/store.ts";
import { createLevelStore } from "../../src/store/level/store.ts";
import { composed } from "./compose.ts";
import { Donor } from "./donor.ts";
import { Ends } from "./ends.ts";
import { keepAll, keepWithin } from "./keeping.ts";
import { keptModel } from "./kept-model.ts";
import { type KeptNetwork, keptNetwork } from "./kept-network.ts";
import type { Log } from "./log.ts";
import { type Mailbox, startMailbox } from "./mailbox.ts";
import { joinNetwork, listenHost } from "./network.ts";
import type { NodeOptions } from "./options.ts";
import { keptKey, openStateFolder } from "./state-folder.ts";
import { type PeerFacts, useOf } from "./status.ts";

export interface Peer {
  readonly node: NodeRunner;
  readonly addresses: readonly string[];
  facts(): Promise<PeerFacts>;
  /** Takes on nothing new, tells what is handed back, and lets go of everything. */
  stop(): Promise<void>;
}

export interface PeerEvents {
  readonly log: Log;
  /** It cannot go on: a thread or the stake was lost. */
  readonly onLost: (thrown: unknown) => void;
  /** Fires when it shall stop, which may be before it has started. */
  readonly stopped: AbortSignal;
}

/** Starts a peer on what its state folder keeps and what `url` serves. Errors: those of its parts; what `stopped` says. */
export async function startPeer(options: NodeOptions, events: PeerEvents): Promise<Peer> {
  const ends = new Ends();
  try {
    return await start(options, events, ends);
  } catch (thrown) {
    await ends.all();
    throw thrown;
  }
}

async function start(options: NodeOptions, events: PeerEvents, ends: Ends): Promise<Peer> {
  const { log, onLost, stopped } = events;
  const folder = await openStateFolder(options.state);
  const served = await keptNetwork(options.url, folder);
  stopped.throwIfAborted();
  const { file, genesis, keptBecause } = served;
  log("info", `Network ${genesis.name} ${file.genesisCid}`, { network: file.genesisCid });
  if (keptBecause !== undefined)
    log("warn", `The host is away, the kept network file counts: ${keptBecause}`);
  const store = await createLevelStore({ folder: folder.store, network: file.genesisCid });
  ends.add(() => store.close());
  // What network and threads hold up has ended by then; after it nobody reads or writes.
  const last = new Ends();
  ends.add(() => last.all());
  const model = await keptModel(options.url, folder.models, genesis.model.manifestCid);
  stopped.throwIfAborted();
  const seed = await keptKey(folder.identityKey);
  const identity = createIdentity(seed);
  const blocks = new FsBlockstore(folder.blocks);
  await blocks.open();
  const network = await joinNetwork(options, served, { store, seed: identity.secretKey, blocks });
  ends.add(() => network.stop());
  const { quotaBytes } = options;
  const self = identity.nodeId;
  const keeping =
    quotaBytes === undefined ? keepAll({ network }) : keepWithin(quotaBytes, { network, store, self });
  stopped.throwIfAborted();
  const waits = new Waits();
  const { dependencies, transactions } = await composed(options, served, {
    folder,
    store,
    network,
    artifacts: keeping.artifacts,
    model,
    seed,
    log,
    onLost,
    ends,
    waits,
  });
  const node = new NodeRunner(dependencies);
  const outbox = new Outbox(dependencies, node);
  const governance = new Governance(dependencies, node, outbox);
  const pinner = new Pinner(dependencies, node.log, node.ledger, keeping.keep);
  tellEvents(node, log);
  last.add(() => node.settled());
  await node.start();
  // After this nobody notes what fails: it fails because the node ends.
  ends.add(() => waits.end());
  ends.add(() => node.stop());
  last.add(() => outbox.stop());
  last.add(() => governance.stop());
  await outbox.start();
  await governance.start();
  await keeping.start(node);
  last.add(() => keeping.stop());
  ends.add(() => void keeping.stop());
  await pinner.start();
  ends.add(() => pinner.stop());
  if (options.donate !== undefined) void warmUp(dependencies, log, onLost);
  const donor = await donorOf(options, served, dependencies, node, { log, onLost, waits });
  if (donor !== undefined) {
    last.add(() => donor.settled());
    ends.add(() => donor.stop());
  }
  const mailbox = await openMailbox(options, served, dependencies, node);
  if (mailbox !== undefined) {
    ends.add(() => mailbox.stop());
    log("info", `Mailbox at ${mailbox.url}messages`, { mailbox: mailbox.url });
  }
  return {
    node,
    addresses: network.addresses(),
    facts: async () => ({
      clock: node.clock.value,
      head: { epoch: node.ledger.head.value.state.epoch, root: node.ledger.head.value.root },
      network: network.gossip.status(),
      node: node.status.value,
      pinner: pinner.state.value,
      blocks: await useOf(folder.blocks),
      endpoints: dependencies.chain.endpoints(),
      openTransactions: transactions.list.value.filter(({ fate }) => !hasEnded(fate)).length,
      memoryBytes: process.memoryUsage.rss(),
    }),
    stop: async () => {
      await tellHandedBack(store, log);
      await ends.all();
    },
  };
}

/** Staking and what follows from it goes on by itself; a node that donated before and does not now stops. */
async function donorOf(
  { donate }: NodeOptions,
  network: KeptNetwork,
  dependencies: NodeDependencies,
  node: NodeRunner,
  { log, onLost, waits }: Pick<PeerEvents, "log" | "onLost"> & { readonly waits: Waits },
): Promise<Donor | undefined> {
  if (donate === undefined) {
    if (node.status.value.donating) await node.stopDonating();
    return undefined;
  }
  const onRefused = (thrown: unknown) => onLost(new CannotDonate(thrown));
  const donor = new Donor({ dependencies, node, network, options: donate, log, waits, onRefused });
  donor.start();
  return donor;
}

/**
 * The first evaluation takes many times as long as the next ones, which have a phase's time only. An evaluator that is not
 * the network's can check nothing. Errors go to `onLost`.
 */
async function warmUp(
  { evaluator, genesis }: NodeDependencies,
  log: Log,
  onLost: PeerEvents["onLost"],
): Promise<void> {
  try {
    const sinceMs = performance.now();
    const { environmentCid } = await evaluator.evaluate({ adapter: null });
    const wanted = genesis.model.environmentCid;
    if (environmentCid !== wanted) {
      throw failure("environment-mismatch", "This evaluator is not the network's", wanted, environmentCid);
    }
    log("info", `Evaluator ready after ${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`);
  } catch (thrown) {
    if (!["worker-closed", "aborted"].includes(toErrorData(thrown).code)) onLost(thrown);
  }
}

/** Why this node cannot donate, which no waiting changes. */
export class CannotDonate extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function openMailbox(
  options: NodeOptions,
  { genesis }: KeptNetwork,
  { identity, decode }: NodeDependencies,
  { log }: NodeRunner,
): Promise<Mailbox | undefined> {
  if (options.mailboxPort === undefined) return undefined;
  return startMailbox({
    port: options.mailboxPort,
    host: listenHost(options, genesis),
    nodeId: identity.nodeId,
    nowMs: () => Date.now(),
    deliver: async (bytes) => {
      const problem = await log.ingest(bytes);
      // Its author cannot pass it on: this node does.
      if (problem === undefined) void log.publish((await decode(bytes)).kind, bytes);
      return problem;
    },
  });
}

/** Each event of the node as a line, from now on. */
function tellEvents(node: NodeRunner, log: Log): void {
  const sinceMs = Date.now();
  let last: NodeEvent | undefined;
  node.events.subscribe((events) => {
    const from = last === undefined ? 0 : events.lastIndexOf(last) + 1;
    for (const event of events.slice(from)) {
      if (event.atMs < sinceMs) continue;
      const level = event.level === "bad" ? "warn" : event.level;
      log(level, event.text, {
        epoch: event.epoch,
        kind: event.kind,
        ...(event.error && { code: event.error.code }),
      });
    }
    last = events.at(-1);
  });
}

/** What was promised and is not done: others' turn now, or this node's when it starts again in time. */
async function tellHandedBack(store: Store, log: Log): Promise<void> {
  const duties = await store.listDuties().catch(() => []);
  for (const { kind, epoch } of duties) {
    log("info", epoch < 0 ? `Left for the next start: ${kind}` : `Handed back: ${kind} of epoch ${epoch}`);
  }
}
