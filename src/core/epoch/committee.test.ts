import { describe, expect, it } from "vitest";
import { hashOf, makeAuthors, makeGenesis, makeRegistry, submit } from "../../../vectors/lib/world.ts";
import { genesisState } from "../artifacts/state.ts";
import { committeeOf, drawnFor, inOrderDrawn } from "./committee.ts";
import { epochContext } from "./context.ts";

const genesis = makeGenesis();
const authors = makeAuthors(genesis, 9);
const registry = makeRegistry(authors);
const state = genesisState(genesis);
const context = epochContext(genesis, state, registry, 1);
const author = authors[0]?.nodeId ?? "";

describe("a committee", () => {
  it("is the same whatever its author submits", () => {
    const committees = [4_900_000, 4_800_000, 4_700_000].map((lossMicroNats) => {
      const [fresh] = makeAuthors(genesis, 1);
      if (fresh === undefined) throw new Error("no author");
      const metrics = { lossMicroNats, accuracyPpm: 1 };
      return committeeOf(context, submit(genesis, state, fresh, { epoch: 1, metrics }).submission);
    });
    expect(new Set(committees.map((one) => one.join())).size).toBe(1);
  });

  it("changes with the state, the chain and the epoch, which no author chooses", () => {
    const others = [
      epochContext(genesis, state, registry, 2),
      epochContext(genesis, state, { ...registry, blockHash: hashOf("another block") }, 1),
      epochContext(genesis, { ...state, previousRoot: hashOf("another root") }, registry, 1),
    ];
    const drawn = [context, ...others].map((one) => inOrderDrawn(drawnFor(one, author)).join());
    expect(new Set(drawn).size).toBe(4);
  });

  it("has reserves that are nobody of it, and never its author", () => {
    for (const { nodeId } of authors) {
      const { committee, reserves } = drawnFor(context, nodeId);
      const all = [...committee, ...reserves];
      expect([committee.length, reserves.length]).toEqual([3, 2]);
      expect(new Set(all).size).toBe(5);
      expect(all).not.toContain(nodeId);
    }
  });

  it("fills its own places before those of reserves", () => {
    const few = makeRegistry(authors.slice(0, 5));
    const { committee, reserves } = drawnFor(epochContext(genesis, state, few, 1), author);
    expect([committee.length, reserves.length]).toEqual([3, 1]);
  });
});
