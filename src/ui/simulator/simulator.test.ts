import { describe, expect, it } from "vitest";
import type { MessageFlight, SimulatedNodeView } from "../../ports/simulation.ts";
import { lossPoints } from "./epochs.ts";
import { FAMILIES, familyOf, RecentFlights } from "./families.ts";
import { MovingMessages, progressOf } from "./flights.ts";
import { alongWay, nodeAt, nodeRadius, placesOf } from "./layout.ts";
import { agreementWords, endWords, RootBook } from "./roots.ts";
import { linkTo, replayCommand, settingsInLink, wholeNumber } from "./settings.ts";
import { cutOff, halves, sidesOf } from "./split.ts";
import { driftWords, earnedWords, newsSince, shortCount, virtualTime } from "./words.ts";

const distance = (a: { x: number; y: number }, b: { x: number; y: number }) =>
  Math.hypot(a.x - b.x, a.y - b.y);

describe("stage", () => {
  it.each([1, 4, 16, 73, 200])("shows %i nodes apart from each other and inside the picture", (count) => {
    for (const groups of [Array(count).fill(0), Array.from({ length: count }, (_, index) => index % 2)]) {
      const places = placesOf(groups);
      const radius = nodeRadius(count);
      expect(places).toHaveLength(count);
      for (const [index, place] of places.entries()) {
        expect(Math.hypot(place.x, place.y) + radius).toBeLessThan(1);
        for (const other of places.slice(index + 1)) expect(distance(place, other)).toBeGreaterThan(radius);
      }
    }
  });

  it("moves the sides of a partition apart: the first to the left, the second to the right", () => {
    const groups = [0, 1, 0, 1, 0, 1];
    const places = placesOf(groups);
    for (const [index, { x }] of places.entries()) {
      if (groups[index] === 0) expect(x).toBeLessThan(0);
      else expect(x).toBeGreaterThan(0);
    }
    const [left, right] = [0, 1].map((side) => places.filter((_, index) => groups[index] === side));
    for (const a of left ?? []) for (const b of right ?? []) expect(distance(a, b)).toBeGreaterThan(0.6);
  });

  it("starts a message at its sender and ends it at its receiver", () => {
    const [from, to] = [
      { x: -0.5, y: 0.25 },
      { x: 0.75, y: -0.5 },
    ];
    expect(alongWay(from, to, 0)).toEqual(from);
    expect(alongWay(from, to, 1)).toEqual(to);
    expect(alongWay(from, from, 0.5)).toBeDefined();
  });

  it("leads messages around the middle, where the epoch is written", () => {
    const places = placesOf(Array(16).fill(0));
    for (const from of places) {
      for (const to of places.filter((place) => place !== from)) {
        for (let progress = 0; progress <= 1; progress += 0.05) {
          const { x, y } = alongWay(from, to, progress);
          expect(Math.hypot(x, y)).toBeGreaterThan(0.32);
        }
      }
    }
  });

  it("finds the node that a finger means, and none where there is none", () => {
    const places = [
      { x: 0, y: 0 },
      { x: 0.2, y: 0 },
    ];
    expect(nodeAt(places, { x: 0.14, y: 0 }, 0.15)).toBe(1);
    expect(nodeAt(places, { x: 0.9, y: 0.9 }, 0.15)).toBeUndefined();
  });
});

const flight = (changes: Partial<MessageFlight> = {}): MessageFlight => ({
  kind: "commit",
  from: 0,
  to: 1,
  sentAtMs: 1_000,
  arrivesAtMs: 1_040,
  lost: false,
  ...changes,
});

describe("messages", () => {
  it("knows the family of each kind of the protocol, and calls the rest other", () => {
    const kinds = ["commit", "submission", "attestation", "message-set", "epoch-vote", "proposal", "ballot"];
    expect(kinds.map(familyOf)).toEqual(["learn", "learn", "check", "agree", "agree", "govern", "govern"]);
    expect(familyOf("dispute")).toBe("dispute");
    expect(familyOf("something-new")).toBe("other");
    expect(new Set(FAMILIES.map(({ id }) => id)).size).toBe(FAMILIES.length);
  });

  it("shows a short way long enough to see, and then no more", () => {
    const moving = new MovingMessages();
    moving.add([flight()], 1_050, 5_000, 15_000);
    const [message] = moving.all;
    if (message === undefined) throw new Error("nothing moves");
    expect(message.durationMs).toBeGreaterThanOrEqual(500);
    expect(progressOf(message, message.startMs - 1)).toBeUndefined();
    expect(progressOf(message, message.startMs + message.durationMs / 2)).toBeCloseTo(0.5);
    moving.forget(message.startMs + message.durationMs);
    expect(moving.all).toEqual([]);
  });

  it("loses a lost message on its way", () => {
    const moving = new MovingMessages();
    moving.add([flight({ lost: true })], 1_050, 0, 15_000);
    const [message] = moving.all;
    if (message === undefined) throw new Error("nothing moves");
    expect(progressOf(message, message.startMs + 0.2 * message.durationMs)).toBeDefined();
    expect(progressOf(message, message.startMs + 0.9 * message.durationMs)).toBeUndefined();
  });

  it("never draws more than can be read, evenly chosen", () => {
    const moving = new MovingMessages();
    const many = Array.from({ length: 2_000 }, (_, index) => flight({ from: index }));
    moving.add(many, 1_050, 0, 15_000);
    expect(moving.all.length).toBeGreaterThan(200);
    expect(moving.all.length).toBeLessThanOrEqual(360);
    expect(moving.all.at(-1)?.from).toBeGreaterThan(1_800);
    moving.add(many, 1_100, 1, 15_000);
    expect(moving.all.length).toBeLessThanOrEqual(360);
  });

  it("counts what was shown in the last second", () => {
    const recent = new RecentFlights();
    recent.add([flight(), flight({ kind: "ballot" })], 0);
    recent.add([flight()], 900);
    expect(recent.count("learn", 950)).toBe(2);
    expect(recent.count("learn", 1_500)).toBe(1);
    expect(recent.count("govern", 1_500)).toBe(0);
  });
});

const node = (index: number, epoch: number, root: number, role = "honest"): SimulatedNodeView => ({
  index,
  name: `n${index}`,
  role,
  state: "awake",
  group: 0,
  epoch,
  root: root.toString(16).padStart(64, "0"),
  reputationPpm: 0,
  earnedMicroTokens: 0,
});

describe("roots", () => {
  it("gives equal roots one colour and different roots colours far apart", () => {
    const book = new RootBook();
    book.record({ nodes: [node(0, 0, 1), node(1, 0, 1), node(2, 0, 2), node(3, 0, 3)] });
    const hues = [1, 1, 2, 3].map((root) => book.hue(node(0, 0, root).root));
    expect(hues[0]).toBe(hues[1]);
    for (const [a, b] of [
      [0, 2],
      [0, 3],
      [2, 3],
    ] as const) {
      const apart = Math.abs((hues[a] ?? 0) - (hues[b] ?? 0));
      expect(Math.min(apart, 360 - apart)).toBeGreaterThan(60);
    }
  });

  it("says who agrees, newest epoch first", () => {
    const book = new RootBook();
    book.record({ nodes: [node(0, -1, 9), node(1, 0, 1)] });
    book.record({ nodes: [node(0, 0, 1), node(1, 1, 2)] });
    const rows = book.rows(10);
    expect(rows.map(({ epoch }) => epoch)).toEqual([1, 0]);
    expect(rows[1]).toMatchObject({ agreed: true, shares: [{ nodes: 2, label: "0" }] });
    expect(rows.map(agreementWords)).toEqual(["1 node, one root", "2 nodes, one root"]);
  });

  it("names the roots of a split apart, the commonest first", () => {
    const book = new RootBook();
    const nodes = [node(0, 4, 7), node(1, 4, 8), node(2, 4, 8)];
    book.record({ nodes });
    expect(nodes.map(({ epoch, root }) => book.label(epoch, root))).toEqual(["4b", "4a", "4a"]);
    expect(book.rows(1)[0]?.agreed).toBe(false);
    expect(book.rows(1).map(agreementWords)).toEqual(["2 and 1 nodes differ"]);
  });

  it("does not blame honest nodes for an adversary's root", () => {
    const book = new RootBook();
    book.record({ nodes: [node(0, 4, 7), node(1, 4, 7), node(2, 4, 8, "equivocator")] });
    expect(book.rows(1)[0]?.agreed).toBe(true);
    expect(book.rows(1).map(agreementWords)).toEqual(["2 of 3 nodes; no honest one differs"]);
  });

  it("says how the honest nodes stand in the end", () => {
    expect(endWords([node(0, -1, 1), node(1, -1, 1)])).toBe("no epoch was certified");
    expect(endWords([node(0, 3, 1), node(1, 3, 1), node(2, 3, 2, "equivocator")])).toBe(
      "all honest nodes have the same root",
    );
    expect(endWords([node(0, 3, 1), node(1, 3, 1), node(2, 2, 7)])).toBe(
      "2 honest nodes have the same root, 1 is behind",
    );
    expect(endWords([node(0, 3, 1), node(1, 3, 2)])).toBe("honest nodes have different roots");
  });

  it("has no label before the first epoch", () => {
    expect(new RootBook().label(-1, node(0, -1, 1).root)).toBe("");
  });
});

describe("settings", () => {
  const settings = { scenario: "sign-flip", seed: 7, nodes: 20, epochs: 5 };

  it("come back from their own link", () => {
    expect(settingsInLink(linkTo(settings))).toEqual(settings);
  });

  it("are left out where an address has none, or senseless ones", () => {
    expect(settingsInLink("#/simulator")).toEqual({});
    expect(settingsInLink("#/simulator?seed=-1&nodes=1000000&epochs=x&scenario=")).toEqual({});
  });

  it("are whole numbers within their bounds", () => {
    expect(wholeNumber("nodes", "16")).toBe(16);
    for (const text of ["", "3", "1.5", "1e3", " 16", "201", null]) {
      expect(wholeNumber("nodes", text)).toBeUndefined();
    }
  });

  it("make the command that replays the run", () => {
    expect(replayCommand(settings)).toBe(
      "npm run sim -- --seed 7 --nodes 20 --epochs 5 --scenario sign-flip",
    );
  });
});

describe("words", () => {
  const frame = {
    nowMs: 0,
    startMs: 0,
    epoch: 0,
    phase: "commit",
    nodes: [],
    flights: [],
    events: [],
    failures: [],
    delivered: 0,
    lost: 0,
    refused: 0,
    lossMicroNats: [],
    finished: false,
  } as const;

  it("say what a node earned and was charged in whole tokens", () => {
    expect(earnedWords({ earnedMicroTokens: 12_500_000 })).toBe("12.5");
    expect(earnedWords({ earnedMicroTokens: -3_000_000 })).toBe("−3");
    expect(earnedWords({ earnedMicroTokens: 0 })).toBe("0");
  });

  it("say how much virtual time has passed", () => {
    expect([0, 59_999, 61_000, 3_725_000].map(virtualTime)).toEqual(["0:00", "0:59", "1:01", "1:02:05"]);
  });

  it("shorten large counts", () => {
    expect([0, 9_999, 24_149, 3_210_000].map(shortCount)).toEqual(["0", "9999", "24.1k", "3.2M"]);
  });

  it("say how a clock goes", () => {
    expect([0, 10_000, -20_000].map(driftWords)).toEqual(["right", "10 s fast", "20 s slow"]);
  });

  it("tell the latest important event once, a failed check before all else", () => {
    const events = [
      { atMs: 30, text: "A tab sleeps", tone: "info" },
      { atMs: 20, text: "Epoch 1 is certified", tone: "good" },
      { atMs: 10, text: "Epoch 0 is certified", tone: "good" },
    ] as const;
    expect(newsSince({ ...frame, events }, 0)).toMatchObject({ atMs: 20, text: "Epoch 1 is certified" });
    expect(newsSince({ ...frame, events }, 20)).toBeUndefined();
    const failures = [
      { atMs: 25, checker: "conservation", error: { code: "leak", message: "Tokens are missing." } },
    ];
    expect(newsSince({ ...frame, events, failures }, 20)?.text).toBe(
      "A check failed: conservation. Tokens are missing.",
    );
  });
});

describe("faults", () => {
  it("split the network into halves that hold every node once", () => {
    for (const count of [4, 5, 16, 200]) {
      const [left = [], right = []] = halves(count);
      expect([...left, ...right]).toEqual(Array.from({ length: count }, (_, index) => index));
      expect(left.length - right.length).toBe(count % 2);
    }
  });

  it("are on sides numbered from the lowest", () => {
    expect(sidesOf([{ group: 3 }, { group: 2 }, { group: 3 }])).toEqual([2, 3]);
    expect(sidesOf([{ group: 0 }])).toHaveLength(1);
  });

  it("cut one node off from all others", () => {
    expect(cutOff(4, 2)).toEqual([[0, 1, 3], [2]]);
  });
});

describe("loss chart", () => {
  it("begins at the left with the bare model and shows the least loss lowest", () => {
    const points = lossPoints([3_000_000, 2_000_000, 2_500_000]);
    expect(points.map(({ x }) => x)).toEqual([10, 150, 290]);
    expect(points.map(({ y }) => y)).toEqual([10, 80, 45]);
  });

  it("draws a level line when nothing was learned", () => {
    expect(new Set(lossPoints([5, 5, 5]).map(({ y }) => y)).size).toBe(1);
  });
});
