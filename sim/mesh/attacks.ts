import { SCORE_THRESHOLDS } from "../../src/p2p/gossip-scores.ts";
import { type Defence, HonestNode } from "./honest.ts";
import { HostileNode, type Hostility, POLITE, SILENT } from "./hostile.ts";
import { inTurn, quantile, steps, until } from "./lay-out.ts";

/**
 * The attacks on GossipSub v1.1 of https://arxiv.org/abs/2007.02754 (section 5), and what floods a peer besides, against
 * nodes as they ship. Hostile identities cost nothing and have no stake unless the attack says so.
 */
export interface Attack {
  /** In words: what the hostile nodes do. */
  readonly does: string;
  /** When they join: before anybody has a mesh, or when the honest ones have spoken for a while. */
  readonly joins: "at-start" | "later";
  /** How they behave until the attack begins, and from then on. */
  readonly before: Hostility;
  readonly during: Hostility;
  /** Only the first honest node is attacked: all hostile nodes link to it, and it counts alone. */
  readonly oneVictim?: boolean;
  /** It shows: each hostile node breaks rules that cost score. Silence alone does not. */
  readonly shows?: boolean;
  /** They have a stake, as honest nodes have. */
  readonly staked?: boolean;
  /** Honest nodes say nothing before the attack: all scores are zero. */
  readonly quietBefore?: boolean;
}

const LATE_MS = 1_500;
/** A late message is passed on by the last beat before it is forgotten. */
const late = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const fromVictim = (text: string): boolean => text.includes("by 0 ");

const flood: Hostility["pesters"] = (node) => {
  node.graft();
  node.promise(20);
};

export const ATTACKS = {
  eclipse: {
    does: "all link to one node, graft it in every mesh and are silent",
    joins: "at-start",
    before: SILENT,
    during: SILENT,
    oneVictim: true,
  },
  censor: {
    does: "pass on everything but what one node says",
    joins: "later",
    before: POLITE,
    during: { ...POLITE, passesOn: async (text) => !fromVictim(text) },
  },
  degradation: {
    does: "drop every second message and are late with the others",
    joins: "later",
    before: POLITE,
    during: {
      ...POLITE,
      passesOn: async (text) => {
        await late(LATE_MS);
        return text.length % 2 === 0;
      },
    },
  },
  "cold-boot": {
    does: "join with everybody else at the start and are silent",
    joins: "at-start",
    before: SILENT,
    during: SILENT,
    quietBefore: true,
  },
  "covert-flash": {
    does: "have stakes, behave well, and all turn silent and spoil at once",
    joins: "later",
    before: POLITE,
    during: { ...SILENT, pesters: (node) => node.spoil(2) },
    shows: true,
    staked: true,
  },
  "attack-at-dawn": {
    does: "join a network without traffic or scores, graft and promise without end, and are silent",
    joins: "later",
    before: { ...SILENT, pesters: flood },
    during: { ...SILENT, pesters: flood },
    shows: true,
    quietBefore: true,
  },
  "ip-colocation": {
    does: "many identities at one address, silent, with messages that nobody can use",
    joins: "later",
    before: POLITE,
    during: { ...SILENT, pesters: (node) => node.spoil(1) },
    shows: true,
  },
} as const satisfies Record<string, Attack>;

export type AttackName = keyof typeof ATTACKS;

export interface MeshSize {
  readonly honest: number;
  readonly hostile: number;
  /** Messages that count. */
  readonly messages: number;
  /** Honest messages are waited for so long at most. */
  readonly patienceMs: number;
}

export interface AttackResult {
  /** Share of (message, honest node) pairs that arrived. */
  readonly delivered: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Median over pairs of an honest node and a peer of it: what it thinks of honest and of hostile ones. */
  readonly honestScore: number;
  readonly hostileScore: number;
  /** Share of hostile links that were cut or whose peer has a score below zero. */
  readonly shunned: number;
  /** Share of hostile peers in the honest nodes' meshes at the end. */
  readonly hostileInMesh: number;
}

const HONEST_LINKS = 6;
const HOSTILE_LINKS = 8;
const PACE_MS = 100;
const WARM_UP_MESSAGES = 16;

/** Whether a result is what was waited for. */
export type IsOver = (result: AttackResult) => boolean;

/**
 * Runs one attack. Real time: some seconds. Scores and meshes follow at the beats after what was done: the result is taken
 * anew until `isOver` says yes, or patience is over.
 */
export async function runAttack(
  name: AttackName,
  defence: Defence,
  size: MeshSize,
  isOver?: IsOver,
): Promise<AttackResult> {
  const attack: Attack = ATTACKS[name];
  const run = new AttackRun(attack, defence, size, isOver ?? (attack.shows === true ? isSeenThrough : isAny));
  try {
    return await run.run();
  } finally {
    await run.stop();
  }
}

const isAny: IsOver = () => true;

/** All hostile nodes have shown themselves, and most of them so often that nobody takes or asks for anything. */
const isSeenThrough: IsOver = ({ shunned, hostileScore }) =>
  shunned === 1 && hostileScore < SCORE_THRESHOLDS.gossipThreshold;

let runs = 0;

class AttackRun {
  readonly #attack: Attack;
  readonly #defence: Defence;
  readonly #size: MeshSize;
  readonly #isOver: IsOver;
  readonly #id = `mesh-${process.pid}-${runs++}`;
  #honest: readonly HonestNode[] = [];
  #hostile: readonly HostileNode[] = [];

  constructor(attack: Attack, defence: Defence, size: MeshSize, isOver: IsOver) {
    this.#attack = attack;
    this.#defence = defence;
    this.#size = size;
    this.#isOver = isOver;
  }

  async run(): Promise<AttackResult> {
    const { joins, quietBefore, during } = this.#attack;
    await this.#startHonest();
    if (joins === "at-start") await this.#startHostile();
    for (const node of this.#honest) node.listen();
    await this.#meshed();
    if (quietBefore !== true) await this.#speak("warm", WARM_UP_MESSAGES, this.#honest);
    if (joins === "later") await this.#startHostile();
    if (joins === "later" && quietBefore !== true) await this.#speak("calm", WARM_UP_MESSAGES, this.#honest);
    for (const node of this.#hostile) node.hostility = during;
    const sentAtMs = await this.#speak("true", this.#size.messages, this.#honest);
    let result = this.#measure(sentAtMs);
    await until(this.#size.patienceMs, () => {
      result = this.#measure(sentAtMs);
      return this.#isOver(result);
    });
    return result;
  }

  async stop(): Promise<void> {
    await Promise.all([
      ...this.#hostile.map((node) => node.stop()),
      ...this.#honest.map(({ libp2p }) => libp2p.stop()),
    ]);
  }

  async #startHonest(): Promise<void> {
    const { honest } = this.#size;
    this.#honest = await Promise.all(
      Array.from({ length: honest }, (_, index) => HonestNode.start(`${this.#id}-h${index}`, this.#defence)),
    );
    await inTurn(
      this.#honest.flatMap((node, index) =>
        // Every node dials some: the first one too, so that it has links of its own choice.
        steps(index, honest, HONEST_LINKS / 2).map((to) => [node.libp2p, this.#honest[to]?.libp2p] as const),
      ),
    );
  }

  async #startHostile(): Promise<void> {
    const { hostile, honest } = this.#size;
    const { before, oneVictim, staked } = this.#attack;
    this.#hostile = await Promise.all(
      Array.from({ length: hostile }, (_, index) => HostileNode.start(`${this.#id}-x${index}`, before)),
    );
    const strangers = new Set(staked === true ? [] : this.#hostile.map(({ libp2p }) => libp2p.peerId));
    this.#tellStakes(strangers.size > 0);
    for (const node of this.#hostile) node.listen();
    await inTurn(
      this.#hostile.flatMap((node, index) => {
        const targets = oneVictim === true ? [0] : steps(index % honest, honest, HOSTILE_LINKS);
        return targets.map((to) => [node.libp2p, this.#honest[to]?.libp2p] as const);
      }),
    );
  }

  /** Honest nodes have stakes; the hostile ones are known by their absence from the list, or are on it too. */
  #tellStakes(onlyHonest: boolean): void {
    if (this.#defence === "none") return;
    const members = new Set(this.#honest.map(({ nodeId }) => nodeId));
    for (const node of this.#honest) node.gossip.favour((nodeId) => !onlyHonest || members.has(nodeId));
  }

  /** Every honest node is in a mesh. */
  #meshed(): Promise<boolean> {
    return until(this.#size.patienceMs, () => this.#honest.every((node) => node.mesh().length > 0));
  }

  /** Honest nodes speak in turn; resolves when all was heard by all, or patience is over. */
  async #speak(word: string, count: number, by: readonly HonestNode[]): Promise<Map<string, number>> {
    const sentAtMs = new Map<string, number>();
    for (let index = 0; index < count; index++) {
      const speaker = index % 3 === 0 ? 0 : index % by.length;
      const text = `${word} ${index} by ${speaker} ${"x".repeat(index % 5)}`;
      sentAtMs.set(text, performance.now());
      await by[speaker]?.say(text);
      await late(PACE_MS);
    }
    await until(this.#size.patienceMs, () =>
      by.every(({ heardAtMs }) => [...sentAtMs.keys()].every((text) => heardAtMs.has(text))),
    );
    return sentAtMs;
  }

  #measure(sentAtMs: ReadonlyMap<string, number>): AttackResult {
    const { oneVictim } = this.#attack;
    const delays: number[] = [];
    let expected = 0;
    for (const [text, atMs] of sentAtMs) {
      this.#honest.forEach(({ heardAtMs }, index) => {
        // Of a victim counts what reaches it, and what it says itself.
        if (fromIndex(text) === index || (oneVictim === true && index !== 0 && !fromVictim(text))) return;
        expected++;
        const heard = heardAtMs.get(text);
        if (heard !== undefined) delays.push(heard - atMs);
      });
    }
    return {
      delivered: delays.length / expected,
      medianMs: Math.round(quantile(delays, 0.5)),
      p99Ms: Math.round(quantile(delays, 0.99)),
      ...this.#opinions(),
    };
  }

  #opinions(): Omit<AttackResult, "delivered" | "medianMs" | "p99Ms"> {
    const judges = this.#attack.oneVictim === true ? this.#honest.slice(0, 1) : this.#honest;
    const hostileIds = new Set(this.#hostile.map(({ libp2p }) => libp2p.peerId.toString()));
    const ofHonest: number[] = [];
    const ofHostile: number[] = [];
    let hostileInMesh = 0;
    let inMesh = 0;
    for (const judge of judges) {
      for (const { libp2p } of this.#honest)
        if (libp2p !== judge.libp2p && judge.isLinkedTo(libp2p)) ofHonest.push(judge.scoreOf(libp2p));
      for (const { libp2p } of this.#hostile)
        if (judge.refusals.isDropped(libp2p.peerId)) ofHostile.push(-100);
        else if (judge.isLinkedTo(libp2p)) ofHostile.push(judge.scoreOf(libp2p));
      for (const peer of judge.mesh()) {
        inMesh++;
        if (hostileIds.has(peer)) hostileInMesh++;
      }
    }
    return {
      honestScore: round(quantile(ofHonest, 0.5)),
      hostileScore: round(quantile(ofHostile, 0.5)),
      shunned: round(ofHostile.filter((score) => score < 0).length / Math.max(1, ofHostile.length)),
      hostileInMesh: round(hostileInMesh / Math.max(1, inMesh)),
    };
  }
}

function fromIndex(text: string): number {
  return Number(text.split(" ")[3]);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
