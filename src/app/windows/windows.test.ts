import { beforeEach, describe, expect, test } from "vitest";
import { ManualClock } from "../../../sim/adapters/clock.ts";
import { MemoryProfile } from "../../../sim/adapters/tabs.ts";
import { failure } from "../../core/errors.ts";
import type { Address } from "../../core/primitives.ts";
import type { TransactionUpdate, Wallet } from "../../ports/chain.ts";
import { Subject } from "../observable.ts";
import type { NodeStatus, ProposalSummary, TabStatus } from "../parley.ts";
import { NodeHost } from "./node-host.ts";
import { NodeWindow } from "./node-window.ts";
import { lendWallet } from "./remote-wallet.ts";
import { type NodeServices, nodeShapes } from "./shapes.ts";
import { StandIn } from "./stand-in.ts";
import { TabCalls } from "./tab-calls.ts";
import { TabServices } from "./tab-services.ts";
import { watchWake } from "./wake.ts";

const BUILD = "/assets/main-1.js";
const NODE = "aa".repeat(32);
const ACCOUNT: Address = "0x1111111111111111111111111111111111111111";
const shapes = nodeShapes(NODE);

let profile: MemoryProfile;
let clock: ManualClock;

beforeEach(() => {
  profile = new MemoryProfile();
  clock = new ManualClock(1_000);
});

const turns = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A tab that runs the node. */
function openNode(build = BUILD) {
  const calls = new TabCalls(profile.open(), build);
  const status = new Subject<NodeStatus>({ ...shapes.node.status.initial });
  const proposals = new Subject<readonly ProposalSummary[]>([]);
  const stakes: string[] = [];
  const votes: unknown[][] = [];
  let hangs = false;
  const standIn = new TabServices(shapes, new Subject<TabStatus>({ role: "starting" }));
  const services: NodeServices = {
    ...idle(),
    node: {
      ...standIn.shown.node,
      status,
      train: async () => {
        throw failure("no-pairs", "Correct an answer first", "a pair", "none");
      },
      stopDonating: async () => {
        if (hangs) await new Promise(() => undefined);
        status.update((now) => ({ ...now, donating: false }));
      },
      claim: () => new Promise(() => undefined),
    },
    governance: {
      proposals,
      parameters: new Subject(undefined),
      propose: async () => undefined,
      vote: async (...args) => void votes.push(args),
    },
    learning: { ...shownLearning(standIn) },
    outbox: { entries: new Subject([]), deliver: async () => undefined },
    kept: new StandIn(shapes.kept).service,
    shared: { versions: new Subject(undefined) },
  };
  const host = new NodeHost({
    calls,
    clock,
    shapes,
    services,
    walletActions: {
      "node.startDonating": async (wallet) => {
        if (wallet.account() === undefined) throw failure("wallet-needed", "Connect a wallet first");
        const updates: TransactionUpdate[] = [];
        stakes.push(
          await wallet.stake(
            { nodeId: NODE, operator: ACCOUNT, amountWei: 10n ** 20n, operatorProof: "1".repeat(130) },
            (update) => updates.push(update),
          ),
        );
        expect(updates).toEqual([{ state: "asking" }]);
        status.update((now) => ({ ...now, donating: true }));
      },
    },
  });
  return {
    calls,
    status,
    proposals,
    stakes,
    votes,
    host,
    hang: () => {
      hangs = true;
    },
  };
}

/** Services that do nothing, however many there are. */
function idle(): NodeServices {
  const made: object = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, new StandIn<object>(shape).service]),
  );
  if (!isServices(made)) throw new Error("a service is missing");
  return made;
}

function isServices(made: object): made is NodeServices {
  return Object.keys(shapes).every((name) => name in made);
}

function shownLearning(standIn: TabServices): NodeServices["learning"] {
  const { learning } = standIn.later;
  if (learning === undefined) throw new Error("no learning");
  return learning;
}

/** A tab that shows it. */
function openWindow(build = BUILD) {
  const calls = new TabCalls(profile.open(), build);
  const tab = new Subject<TabStatus>({ role: "starting" });
  const services = new TabServices(shapes, tab);
  const shown = new NodeWindow({
    calls,
    shapes,
    onAttached: (remote) => services.attach(remote, "window"),
    onDetached: () => services.detach(),
  });
  return { calls, tab, services, shown, ...services.shown };
}

/** A wallet that stakes for whoever asks. */
function walletOf(asked: unknown[], account: Address | undefined): Wallet {
  const never = () => Promise.reject(failure("wallet-rejected", "No"));
  return {
    discover: () => () => undefined,
    connect: never,
    disconnect: () => undefined,
    account: () => account,
    onAccount: () => () => undefined,
    stake: async (request, onUpdate) => {
      asked.push(request);
      onUpdate?.({ state: "asking" });
      return "0xabc";
    },
    unstake: never,
    delegate: never,
    undelegate: never,
    lock: never,
    withdraw: never,
    anchor: never,
    anchorMany: never,
    collectAnchorRewards: never,
    claim: never,
    dispute: never,
    signText: never,
  };
}

describe("windows of a node", () => {
  test("every window shows what the node shows, from the start and as it changes; bigint and bytes survive", async () => {
    const node = openNode();
    node.status.update((now) => ({ ...now, dueWei: 10n ** 30n }));
    const windows = [openWindow(), openWindow()];
    await turns();
    for (const { node: shown, tab } of windows) {
      expect(tab.value.role).toBe("window");
      expect(shown.status.value.dueWei).toBe(10n ** 30n);
    }
    for (let claimed = 1n; claimed <= 5n; claimed++) {
      node.status.update((now) => ({ ...now, claimedWei: claimed }));
    }
    await clock.advance(200);
    await turns();
    for (const { node: shown } of windows) expect(shown.status.value.claimedWei).toBe(5n);
  });

  test("a burst of changes is told once", async () => {
    const node = openNode();
    const told: number[] = [];
    const window = openWindow();
    await turns();
    window.node.status.subscribe(({ claimedWei }) => told.push(Number(claimedWei)));
    for (let claimed = 1n; claimed <= 50n; claimed++) {
      node.status.update((now) => ({ ...now, claimedWei: claimed }));
    }
    await clock.advance(500);
    await turns();
    expect(told).toEqual([0, 50]);
  });

  test("actions run where the node is, and their errors come back whole", async () => {
    const node = openNode();
    const window = openWindow();
    await expect(window.node.train()).rejects.toMatchObject({
      data: { code: "no-pairs", message: "Correct an answer first", expected: "a pair", received: "none" },
    });
    await window.governance.vote("bafy", "for");
    expect(node.votes).toEqual([["bafy", "for"]]);
  });

  test("arguments of the wrong form are refused before the service sees them", async () => {
    const node = openNode();
    const window = openWindow();
    await turns();
    await expect(
      window.calls.call(node.calls.id, "governance.vote", ["bafy", "maybe"]),
    ).rejects.toMatchObject({ code: "tab-arguments" });
    await expect(window.calls.call(node.calls.id, "governance.nothing", [])).rejects.toMatchObject({
      code: "unknown-procedure",
    });
    expect(node.votes).toEqual([]);
  });

  test("the wallet of the window that asks is opened, and no other", async () => {
    const node = openNode();
    const [asking, other] = [openWindow(), openWindow()];
    const [asked, notAsked]: [unknown[], unknown[]] = [[], []];
    lendWallet(asking.calls, walletOf(asked, ACCOUNT));
    lendWallet(other.calls, walletOf(notAsked, ACCOUNT));
    await asking.node.startDonating();
    expect(asked).toEqual([
      { nodeId: NODE, operator: ACCOUNT, amountWei: 10n ** 20n, operatorProof: "1".repeat(130) },
    ]);
    expect(notAsked).toEqual([]);
    expect(node.stakes).toEqual(["0xabc"]);
    lendWallet(other.calls, walletOf(notAsked, undefined));
    await expect(other.node.startDonating()).rejects.toMatchObject({ code: "wallet-needed" });
  });

  test("a window that dies is forgotten, and a node without windows tells nobody", async () => {
    const node = openNode();
    const window = openWindow();
    await turns();
    expect(node.host.windows).toBe(1);
    window.calls.close();
    await turns();
    expect(node.host.windows).toBe(0);
    const heard: unknown[] = [];
    profile.open().onMessage((message) => heard.push(message));
    node.status.update((now) => ({ ...now, donating: true }));
    await clock.advance(500);
    await turns();
    expect(heard).toEqual([]);
  });
});

describe("a node that moves", () => {
  test("what was under way fails by name, what can be asked twice is asked again, what waits is done", async () => {
    const first = openNode();
    const window = openWindow();
    await turns();
    first.hang();
    const stopping = window.node.stopDonating();
    const claiming = window.node.claim();
    claiming.catch(() => undefined);
    await turns();
    first.host.stop();
    first.calls.close();
    await expect(claiming).rejects.toMatchObject({ code: "node-moved" });
    expect(window.tab.value.role).toBe("starting");
    const voting = window.governance.vote("bafy", "against");

    const second = openNode();
    second.status.update((now) => ({ ...now, donating: true }));
    await Promise.all([stopping, voting]);
    expect(second.status.value.donating).toBe(false);
    expect(second.votes).toEqual([["bafy", "against"]]);
    expect(window.tab.value.role).toBe("window");
  });

  test("without a node its peers are gone and its last figures stay", async () => {
    const node = openNode();
    node.status.update((now) => ({ ...now, dueWei: 7n }));
    const window = openWindow();
    await turns();
    node.calls.close();
    await turns();
    expect(window.node.network.value.state).toBe("connecting");
    expect(window.node.status.value.dueWei).toBe(7n);
  });

  test("where no node will come, who waits and who reads learn why", async () => {
    const { services, governance, node, tab } = openWindow();
    const waiting = governance.vote("bafy", "for");
    waiting.catch(() => undefined);
    services.fail({ code: "no-network", message: "This page was served without a network" }, 5);
    await expect(waiting).rejects.toMatchObject({ code: "no-network" });
    await expect(node.train()).rejects.toMatchObject({ code: "no-network" });
    expect(node.events.value.at(-1)?.text).toBe("This page was served without a network");
    expect(tab.value.role).toBe("none");
  });
});

describe("strangers on the channel", () => {
  test("a tab of another build is heard as that, and nothing it says is taken", async () => {
    const node = openNode("/assets/main-2.js");
    const window = openWindow();
    const others: string[] = [];
    window.calls.onOtherBuild(() => others.push("other"));
    node.calls.say({ kind: "here" });
    await turns();
    expect(others).toEqual(["other"]);
    expect(window.tab.value.role).toBe("starting");
  });

  test("garbage is no message", async () => {
    const node = openNode();
    const window = openWindow();
    await turns();
    const stranger = profile.open();
    const header = { parley: 1, build: BUILD, from: node.calls.id };
    const garbage = [
      null,
      7,
      "here",
      {},
      { ...header, kind: "value", name: "node.status", value: undefined, more: 1 },
      { ...header, kind: "call", to: node.calls.id, id: 0, method: "attach", args: [] },
      { ...header, kind: "call", to: node.calls.id, id: 1, method: "attach", args: new Array(99).fill(0) },
      { ...header, kind: "here", from: "" },
      { ...header, parley: 2, kind: "here" },
    ];
    for (const message of garbage) stranger.post(message);
    await turns();
    expect(node.host.windows).toBe(1);
    expect(window.node.status.value).toEqual(node.status.value);
  });
});

describe("sleep", () => {
  test("a jump of the clock is noticed at the next beat, a busy second is not", async () => {
    const wakes: number[] = [];
    let offMs = 0;
    const shifted = {
      nowMs: () => clock.nowMs() + offMs,
      at: (atMs: number, task: () => void) => clock.at(atMs - offMs, task),
    };
    const stop = watchWake(shifted, (lateMs) => wakes.push(lateMs));
    await clock.advance(5_000);
    offMs += 3_000;
    await clock.advance(5_000);
    expect(wakes).toEqual([]);
    offMs += 60_000;
    await clock.advance(2_000);
    expect(wakes).toEqual([60_000]);
    stop();
    offMs += 60_000;
    await clock.advance(5_000);
    expect(wakes).toHaveLength(1);
  });
});
