import { describe, expect, it } from "vitest";
import type { EndpointHealth } from "../../app/parley.ts";
import { chainWords, endpointLines } from "./endpoint-words.ts";

const NOW_MS = 1_000_000_000;
const down: EndpointHealth = {
  url: "https://rpc.example/v2/secret-key",
  state: "unreachable",
  pausedUntilMs: NOW_MS + 28_000,
  answeredAtMs: NOW_MS - 180_000,
  headNumber: 12,
  tookMs: 5_000,
};
const well: EndpointHealth = {
  url: "https://other.example:8545/",
  state: "healthy",
  answeredAtMs: NOW_MS - 3_000,
  headNumber: 1204,
  tookMs: 45,
};
const idle: EndpointHealth = { ...well, url: "https://third.example", answeredAtMs: NOW_MS - 60_000 };

describe("the endpoints of the chain", () => {
  it("are told in the order in which they are asked: which answers, how old its answer is, which stand by", () => {
    const untried: EndpointHealth = { url: "https://fourth.example", state: "untried" };
    expect(endpointLines([idle, well, untried], NOW_MS)).toEqual([
      {
        name: "third.example",
        state: "in reserve",
        tone: "",
        detail: "answered 1 min ago · block 1204 · 45 ms",
      },
      {
        name: "other.example:8545",
        state: "answers",
        tone: "good",
        detail: "answered 3 s ago · block 1204 · 45 ms",
      },
      { name: "fourth.example", state: "in reserve", tone: "", detail: "not asked yet" },
    ]);
    expect(chainWords("reachable", [idle, well])).toBe("The chain is in reach through other.example:8545.");
  });

  it("tell which failed, why, and when it is tried again", () => {
    expect(endpointLines([down, well], NOW_MS)[0]).toEqual({
      name: "rpc.example",
      state: "no answer",
      tone: "bad",
      detail: "tried again in 0:28 · answered 3 min ago · block 12",
    });
    const never: EndpointHealth = { url: down.url, state: "wrong-chain", pausedUntilMs: NOW_MS - 1 };
    expect(endpointLines([never], NOW_MS)[0]).toMatchObject({
      state: "another chain",
      detail: "tried again at the next read · has not answered yet",
    });
    const states = (["limited", "lagging"] as const).map((state) => ({ ...down, state }));
    expect(endpointLines(states, NOW_MS).map(({ state }) => state)).toEqual(["asks to wait", "behind"]);
  });

  it("are named by their hosts, so that a key in a URL is not shown", () => {
    const second = { ...down, url: "https://rpc.example/v2/other-key" };
    expect(endpointLines([down, second], NOW_MS).map(({ name }) => name)).toEqual([
      "rpc.example (1)",
      "rpc.example (2)",
    ]);
    expect(JSON.stringify(endpointLines([down, second], NOW_MS))).not.toContain("key");
  });

  it("are none where the chain runs in the browser", () => {
    expect(endpointLines([], NOW_MS)).toEqual([]);
    expect(chainWords("reachable", [])).toBe("The chain runs in this browser.");
    expect(chainWords("unreachable", [down])).toContain("out of reach");
  });
});
