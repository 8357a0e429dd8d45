import { type NetworkFile, parseNetworkFile } from "./app/network-file.ts";
import { hasNodeKeys } from "./app/node-keys.ts";
import { NodeWindow } from "./app/windows/node-window.ts";
import { lendWallet } from "./app/windows/remote-wallet.ts";
import { type NodeShapes, nodeShapes } from "./app/windows/shapes.ts";
import { TabCalls } from "./app/windows/tab-calls.ts";
import { TabServices } from "./app/windows/tab-services.ts";
import { watchWake } from "./app/windows/wake.ts";
import { decodeGenesis, genesisCid } from "./core/artifacts/genesis.ts";
import { type ErrorData, failure, ParleyError, toErrorData } from "./core/errors.ts";
import type { Genesis } from "./core/genesis.ts";
import type { NodeId } from "./core/primitives.ts";
import { startIdentity } from "./main-identity.ts";
import { watchPageLife } from "./main-life.ts";
import { type NodeSurroundings, type PageParts, startNode } from "./main-node.ts";
import { type FoundNetwork, startWallet } from "./main-wallet.ts";
import { IDENTITY_GONE, NEWER_VERSION } from "./store/errors.ts";
import { systemClock } from "./store/system.ts";
import { openTabs } from "./store/tabs.ts";
import { timerClock } from "./workers/timer/client.ts";

const NODE_LOCK = "parley-node";
const IDENTITY_MARK = "parley-identity";
/** Names what is loaded: the bundler puts a digest of the page's code into its file names. */
const BUILD = new URL(import.meta.url).pathname;

/** Runs this profile's node, or shows the one that another tab runs until that tab closes. */
export async function joinNetwork(parts: PageParts): Promise<void> {
  if (parts.lost.aborted) {
    chatOnly(parts);
    return;
  }
  const wasThere = await hasNodeKeys(parts.profile);
  const identity = await startIdentity(parts);
  const { keys } = identity;
  if (keys === undefined) return;
  tellLostIdentity(parts, wasThere);
  const { nodeId } = keys.identity;
  const shapes = nodeShapes(nodeId);
  const services = new TabServices(shapes, parts.tab);
  const { chat, corrections } = parts;
  parts.app.parley = { ...parts.app.parley, chat, corrections, ...services.shown };
  try {
    const { file, genesis, page, companion } = await findNetwork(parts, services, nodeId);
    const calls = new TabCalls(await openTabs(), BUILD);
    services.wallet.attach(page.wallets);
    lendWallet(calls, page.wallets.tracked());
    parts.app.parley = { ...parts.app.parley, ...services.later };
    answerWithShared(parts, services);
    tellOwnersAnswers(parts, services);
    const clock = timerClock();
    const around = { file, genesis, keys, identity, page, companion, clock, calls, shapes };
    const run = (signal: AbortSignal) => runNode(parts, services, { ...around, signal });
    await takeTurns(services, calls, shapes, parts.lost, run);
  } catch (thrown) {
    const error = toErrorData(thrown);
    services.fail(error, systemClock.nowMs());
    if (error.code.startsWith("storage-") || error.code === NEWER_VERSION.code) {
      parts.tab.update((status) => ({ ...status, notice: error }));
    }
  }
}

/** Without storage there is no node: its log would begin anew at each visit, under a name that others know. */
function chatOnly({ app, chat, corrections, lost, tab }: PageParts): void {
  const services = new TabServices(nodeShapes(""), tab);
  app.parley = { ...app.parley, chat, corrections, ...services.shown };
  services.fail(toErrorData(lost.reason), systemClock.nowMs());
}

/** The mark lies in another kind of storage than the identity, which browsers empty at other times. */
function tellLostIdentity({ tab }: PageParts, wasThere: boolean): void {
  try {
    if (!wasThere && localStorage.getItem(IDENTITY_MARK) !== null) {
      tab.update((status) => ({ ...status, notice: IDENTITY_GONE }));
    }
    localStorage.setItem(IDENTITY_MARK, "made");
  } catch {
    // Without it nothing is missed but the sentence.
  }
}

/** While this tab is awake: a window of the profile's node, and the next to run it. */
async function takeTurns(
  services: TabServices,
  calls: TabCalls,
  shapes: NodeShapes,
  lost: AbortSignal,
  run: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const life = watchPageLife(window);
  for (;;) {
    const signal = AbortSignal.any([await life.awake(), lost]);
    lost.throwIfAborted();
    const shown = new NodeWindow({
      calls,
      shapes,
      onAttached: (remote) => services.attach(remote, "window"),
      onDetached: () => services.detach(),
    });
    const asleep = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    signal.addEventListener("abort", () => shown.stop());
    try {
      await navigator.locks.request(NODE_LOCK, { signal }, () => {
        shown.stop();
        // The lock is given up in the turn in which the page is put to sleep, whatever still runs.
        return Promise.race([run(signal), asleep]);
      });
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    }
    await asleep;
  }
}

/** Until `signal` aborts. Errors: whatever ended the node before that. */
async function runNode(
  parts: PageParts,
  services: TabServices,
  around: Omit<NodeSurroundings, "onStorageLost">,
): Promise<void> {
  const { signal, clock } = around;
  const end = new AbortController();
  signal.addEventListener("abort", () => end.abort(signal.reason));
  const ended = new Promise<never>((_, reject) =>
    end.signal.addEventListener("abort", () => reject(end.signal.reason)),
  );
  // Whoever waits for it hears of it.
  ended.catch(() => undefined);
  const onStorageLost = (error: ErrorData) => end.abort(new ParleyError(error));
  const node = await startNode(parts, { ...around, signal: end.signal, onStorageLost });
  end.signal.throwIfAborted();
  const stopWatching = watchWake(clock, (lateMs) => node.woke(lateMs));
  end.signal.addEventListener("abort", () => {
    stopWatching();
    services.detach();
  });
  services.attach(node.services, "node");
  await ended;
}

/** An answer that is written in this tab comes before what the node does in another one. */
function tellOwnersAnswers({ chat, tab }: PageParts, services: TabServices): void {
  const AGAIN_MS = 1_000;
  let timer: ReturnType<typeof setInterval> | undefined;
  const say = (): void => {
    if (tab.value.role === "window") services.later.scheduler?.ownerAnswers();
  };
  chat.live.subscribe((live) => {
    if (live !== undefined && timer === undefined) {
      timer = setInterval(say, AGAIN_MS);
      say();
    } else if (live === undefined) {
      clearInterval(timer);
      timer = undefined;
    }
  });
}

/** Every tab answers with what the network has learnt, wherever the node runs. */
function answerWithShared({ adapters, corrections }: PageParts, services: TabServices): void {
  services.shared.versions.subscribe((versions) => {
    if (versions === undefined) return;
    const { epoch, global, cluster } = versions;
    void adapters.set("global", global, `epoch ${epoch}`);
    void adapters.set("cluster", cluster, `epoch ${epoch}`);
    void corrections.start();
  });
}

/** The network that the page was served with, or one of this browser alone when its person wants that. */
async function findNetwork(parts: PageParts, services: TabServices, nodeId: NodeId): Promise<FoundNetwork> {
  try {
    const { file, genesis } = await readNetwork();
    return { file, genesis, page: await startWallet(file, genesis, parts.profile, nodeId) };
  } catch (thrown) {
    const error = toErrorData(thrown);
    if (error.code !== "no-network") throw thrown;
    services.fail(error, systemClock.nowMs());
    const { offerAlone } = await import("./main-alone.ts");
    return offerAlone(parts, nodeId);
  }
}

async function readNetwork(): Promise<{ readonly file: NetworkFile; readonly genesis: Genesis }> {
  const file = parseNetworkFile(JSON.parse(new TextDecoder().decode(await fetchBytes("/network.json"))));
  const genesis = decodeGenesis(await fetchBytes("/genesis.cbor"));
  if (genesisCid(genesis) !== file.genesisCid) {
    throw failure(
      "genesis-mismatch",
      "genesis.cbor is not the network's",
      file.genesisCid,
      genesisCid(genesis),
    );
  }
  return { file, genesis };
}

async function fetchBytes(path: string): Promise<Uint8Array> {
  const response = await fetch(path).catch(() => undefined);
  // Hosts of single pages answer with the page itself for what they lack.
  const isPage = response?.headers.get("content-type")?.startsWith("text/html") === true;
  if (!response?.ok || isPage) {
    throw failure(
      "no-network",
      "This page was served without a network to join.",
      path,
      `${response?.status ?? "nothing"}`,
    );
  }
  return new Uint8Array(await response.arrayBuffer());
}
