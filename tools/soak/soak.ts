import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "@playwright/test";
import corrections from "../../e2e/fixtures/corrections.json" with { type: "json" };
import { startNetwork } from "../../e2e/support/app.ts";
import { faucetOf } from "../../e2e/support/donors.ts";
import { PeerProcess, peersFolder } from "../../e2e/support/peer-process.ts";
import type { LocalNetwork } from "../../relay/local-network.ts";
import { Dice } from "./dice.ts";
import { SoakTab, type TabState } from "./tabs.ts";

export interface SoakOptions {
  readonly tabs: number;
  /** Of the tabs, those that stake and take part in epochs. */
  readonly donors: number;
  /** Of each kind of tab, those that nothing happens to: what they need may not grow. */
  readonly steady: number;
  readonly peers: number;
  readonly minutes: number;
  readonly epochSeconds: number;
  readonly seed: number;
  readonly print: (line: string) => void;
}

export interface SoakReport {
  readonly faults: Readonly<Record<string, number>>;
  readonly epochs: number;
  readonly signed: number;
  /** Of the messages signed, those that some node does not hold at the end, with who lacks them. */
  readonly lost: readonly string[];
  /** Roots of the nodes that did not end with the same state; empty when all did. */
  readonly different: readonly string[];
  /** Of tabs that stayed open: heap at the end against heap after the first third. */
  readonly heapGrowth: Readonly<
    Record<string, { readonly beforeBytes: number; readonly afterBytes: number }>
  >;
  /** WebRTC connections that the busiest tab has made in its life. */
  readonly mostLinks: number;
  readonly peerMemoryBytes: number;
}

const SETTLE_MS = 8 * 60_000;
const ASK_EVERY_MS = 2_000;
const DONATE = ["--donate", "--faucet"];

interface Peer {
  readonly name: string;
  readonly args: readonly string[];
  process: PeerProcess | undefined;
}

/** A whole network under faults that a seed draws, until the time is over; then everything heals and is compared. */
export class Soak {
  readonly #options: SoakOptions;
  readonly #browser: Browser;
  readonly #dice: Dice;
  readonly #folder = peersFolder();
  readonly #tabs: SoakTab[] = [];
  readonly #peers: Peer[] = [];
  readonly #faults: Record<string, number> = {};
  readonly #signed: string[] = [];
  /** What has been broken and will be mended, by what it is. */
  readonly #mending = new Map<string, { readonly atMs: number; readonly mend: () => Promise<void> }>();
  #network: LocalNetwork | undefined;
  #taught = 0;

  constructor(browser: Browser, options: SoakOptions) {
    this.#browser = browser;
    this.#options = options;
    this.#dice = new Dice(options.seed);
  }

  async run(): Promise<SoakReport> {
    try {
      await this.#start();
      const endMs = Date.now() + this.#options.minutes * 60_000;
      const thirdMs = Date.now() + this.#options.minutes * 20_000;
      await this.#breakThings(thirdMs, 0);
      const before = await this.#heaps();
      await this.#breakThings(endMs, 1);
      for (const name of [...this.#mending.keys()]) await this.#mend(name);
      const states = await this.#settle();
      return await this.#report(states, before);
    } finally {
      await this.#stop();
    }
  }

  async #start(): Promise<void> {
    const { tabs, donors, steady, peers, epochSeconds, print } = this.#options;
    const network = await startNetwork({ epochSeconds });
    this.#network = network;
    const pairs = join(this.#folder.path, "pairs.json");
    writeFileSync(pairs, JSON.stringify(corrections.slice(0, 4)));
    for (let index = 0; index < peers; index++) {
      const peer: Peer = {
        name: `peer ${index}`,
        args: index === 0 ? [...DONATE, "--pairs", pairs] : DONATE,
        process: undefined,
      };
      this.#peers.push(peer);
    }
    await Promise.all(this.#peers.map((peer) => this.#startPeer(peer)));
    const faucet = await faucetOf(network);
    for (let index = 0; index < tabs; index++) {
      const donates = index < donors;
      const isSteady = (donates ? index : index - donors) < steady;
      const name = `${donates ? "donor" : "tab"} ${index}`;
      this.#tabs.push(await SoakTab.open(this.#browser, network, faucet, { name, donates, isSteady }));
      print(`${name} is there`);
    }
  }

  async #startPeer(peer: Peer): Promise<void> {
    const url = this.#network?.url ?? "";
    peer.process = new PeerProcess(url, join(this.#folder.path, peer.name.replace(" ", "-")), peer.args);
    await peer.process.line(({ text }) => text.endsWith(" runs"));
    this.#options.print(`${peer.name} runs`);
  }

  /**
   * Faults and acts of a person, dealt as cards are, with pauses in which the network works. Goes on after the time
   * until at least `rounds` times everything has happened.
   */
  async #breakThings(untilMs: number, rounds: number): Promise<void> {
    const acts = [
      () => this.#sign(),
      () => this.#sign(),
      () => this.#teach(),
      () => this.#killTab(),
      () => this.#reloadTab(),
      () => this.#isolateTab(),
      () => this.#restartRelay(),
      () => this.#killPeer(),
    ];
    let left = [...acts];
    for (let dealt = 0; Date.now() < untilMs || dealt < rounds; ) {
      for (const [name, { atMs }] of this.#mending) if (Date.now() >= atMs) await this.#mend(name);
      const act = this.#dice.pick(left);
      // What cannot happen now (nobody to happen to) waits for its turn.
      if (await act?.()) left = left.filter((one) => one !== act);
      if (left.length === 0) {
        dealt++;
        left = [...acts];
      }
      await pause(this.#dice.between(1_000, 4_000));
    }
  }

  #count(fault: string, about: string): void {
    this.#faults[fault] = (this.#faults[fault] ?? 0) + 1;
    this.#options.print(`${fault}: ${about}`);
  }

  async #sign(): Promise<boolean> {
    const tab = this.#dice.pick(this.#tabs.filter(({ isOpen }) => isOpen));
    if (tab === undefined) return false;
    this.#signed.push(await tab.sign());
    this.#count("signed", tab.name);
    return true;
  }

  async #teach(): Promise<boolean> {
    const tab = this.#dice.pick(this.#tabs.filter((one) => one.isOpen && one.donates));
    const pair = corrections[this.#taught % corrections.length];
    if (tab === undefined || pair === undefined) return false;
    this.#taught++;
    await tab.teach(pair.prompt, pair.answer);
    this.#count("taught", tab.name);
    return true;
  }

  async #killTab(): Promise<boolean> {
    const tab = this.#victim();
    if (tab === undefined) return false;
    await tab.kill();
    this.#count("tab killed", tab.name);
    this.#mendLater(tab.name, 20_000, () => tab.reopen());
    return true;
  }

  async #reloadTab(): Promise<boolean> {
    const tab = this.#victim();
    if (tab === undefined) return false;
    await tab.reload();
    this.#count("tab reloaded", tab.name);
    return true;
  }

  async #isolateTab(): Promise<boolean> {
    const tab = this.#victim();
    if (tab === undefined) return false;
    await tab.isolate();
    this.#count("tab cut off", tab.name);
    this.#mendLater(tab.name, 25_000, () => tab.rejoin());
    return true;
  }

  async #restartRelay(): Promise<boolean> {
    if (this.#mending.has("relay")) return false;
    await this.#network?.stopRelay();
    this.#count("relay stopped", "the only one");
    this.#mendLater("relay", 15_000, async () => this.#network?.startRelay());
    return true;
  }

  async #killPeer(): Promise<boolean> {
    const peer = this.#dice.pick(this.#peers.filter(({ process }) => process !== undefined));
    // One at a time: two thirds of the stake must be there for an epoch to close.
    if (peer === undefined || this.#peers.some(({ process }) => process === undefined)) return false;
    const { process } = peer;
    peer.process = undefined;
    await process?.kill();
    this.#count("peer killed", peer.name);
    this.#mendLater(peer.name, 15_000, () => this.#startPeer(peer));
    return true;
  }

  /** A tab that something may happen to, and that nothing is wrong with now. */
  #victim(): SoakTab | undefined {
    const able = this.#tabs.filter(
      ({ name, isOpen, isSteady }) => isOpen && !isSteady && !this.#mending.has(name),
    );
    return this.#dice.pick(able);
  }

  #mendLater(name: string, withinMs: number, mend: () => Promise<void>): void {
    const atMs = Date.now() + this.#dice.between(withinMs / 4, withinMs);
    this.#mending.set(name, { atMs, mend });
  }

  async #mend(name: string): Promise<void> {
    const broken = this.#mending.get(name);
    this.#mending.delete(name);
    await broken?.mend();
    this.#options.print(`mended: ${name}`);
  }

  async #heaps(): Promise<ReadonlyMap<string, number>> {
    const steady = this.#tabs.filter(({ isSteady }) => isSteady);
    return new Map(await Promise.all(steady.map(async (tab) => [tab.name, await tab.heapBytes()] as const)));
  }

  /** Until an epoch has closed and all nodes hold one root and as many messages, or it takes too long. */
  async #settle(): Promise<ReadonlyMap<string, TabState>> {
    const untilMs = Date.now() + SETTLE_MS;
    for (;;) {
      const states = await this.#states();
      const roots = new Set([...states.values()].map(({ root }) => root));
      const held = new Set(
        [...states.values()].filter(({ held: count }) => count > 0).map((one) => one.held),
      );
      const hasClosed = [...states.values()].some(({ epoch }) => epoch >= 0);
      if ((hasClosed && roots.size === 1 && held.size === 1) || Date.now() > untilMs) return states;
      this.#options.print(`settling: ${roots.size} roots, ${held.size} sizes of logs`);
      await pause(ASK_EVERY_MS);
    }
  }

  /** Of tabs and peers; peers do not count their messages. */
  async #states(): Promise<ReadonlyMap<string, TabState>> {
    const tabs = this.#tabs.map(async (tab) => [tab.name, await tab.state()] as const);
    const peers = this.#peers.map(async ({ name, process }) => {
      const status = await process?.status();
      const state = { epoch: status?.headEpoch ?? -1, root: status?.headRoot ?? "", held: 0, peers: 0 };
      return [name, { ...state, linksUsed: 0 }] as const;
    });
    return new Map(await Promise.all([...tabs, ...peers]));
  }

  async #report(
    states: ReadonlyMap<string, TabState>,
    before: ReadonlyMap<string, number>,
  ): Promise<SoakReport> {
    const lost = await Promise.all(
      this.#tabs.map(async (tab) =>
        (await tab.missing(this.#signed)).map((cid) => `${tab.name} lacks ${cid}`),
      ),
    );
    const roots = new Set([...states.values()].map(({ root }) => root));
    const after = await this.#heaps();
    const memory = await Promise.all(this.#peers.map(({ process }) => process?.status()));
    return {
      faults: this.#faults,
      epochs: Math.max(...[...states.values()].map(({ epoch }) => epoch)) + 1,
      signed: this.#signed.length,
      lost: lost.flat(),
      different:
        roots.size === 1
          ? []
          : [...states].map(([name, { epoch, root }]) => `${name} epoch ${epoch} ${root.slice(0, 12)}`),
      heapGrowth: Object.fromEntries(
        [...after].map(([name, afterBytes]) => [
          name,
          { beforeBytes: before.get(name) ?? Number.NaN, afterBytes },
        ]),
      ),
      mostLinks: Math.max(...[...states.values()].map(({ linksUsed }) => linksUsed)),
      peerMemoryBytes: Math.max(...memory.map((status) => status?.memoryBytes ?? 0)),
    };
  }

  async #stop(): Promise<void> {
    await Promise.allSettled(this.#tabs.map((tab) => tab.close()));
    await Promise.allSettled(this.#peers.map(({ process }) => process?.kill()));
    await this.#network?.stop();
    this.#folder.remove();
  }
}

/** The pace of a person and of trouble; nothing waits on it for a result. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
