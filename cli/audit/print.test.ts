import { describe, expect, it } from "vitest";
import { findingLine, verdictLines } from "./print.ts";
import { parseNetworkFile } from "./served-network.ts";

const stateRoot = "a".repeat(64);

describe("what an audit prints", () => {
  it("has a column for the epoch and one for the step", () => {
    expect(findingLine({ epoch: 3, step: "anchor", text: "there" })).toBe("epoch 3   anchor        there");
    expect(findingLine({ epoch: -1, step: "logs", text: "4 logs" })).toBe("          logs          4 logs");
  });

  it("ends with the same root, or with the first difference", () => {
    expect(verdictLines({ findings: [], stateRoot })).toEqual([`same root ${stateRoot}`]);
    const error = { code: "anchor-difference", message: "Another root", expected: "a", received: "b" };
    const lines = verdictLines({ findings: [], stateRoot, difference: { epoch: 3, step: "anchor", error } });
    expect(lines).toEqual([
      "DIFFERENCE in epoch 3, anchor: Another root (anchor-difference)",
      "  expected  a",
      "  received  b",
    ]);
  });
});

describe("parseNetworkFile", () => {
  const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

  it("reads what it needs and refuses anything else by name", () => {
    const file = { genesisCid: "bafy", relays: ["/ip4/127.0.0.1"], rpcUrls: ["http://127.0.0.1:1"], more: 1 };
    expect(parseNetworkFile(bytesOf(JSON.stringify(file))).relays).toEqual(["/ip4/127.0.0.1"]);
    for (const bad of ["<html>", "{}", JSON.stringify({ ...file, relays: "x" })]) {
      expect(() => parseNetworkFile(bytesOf(bad))).toThrow("does not describe a network");
    }
  });
});
