import { describe, expect, it } from "vitest";
import type { AuditReport } from "../../src/app/audit/report.ts";
import { genesisState } from "../../src/core/artifacts/state.ts";
import { playEpochs } from "../../vectors/lib/economy.ts";
import { makeGenesis } from "../../vectors/lib/world.ts";
import { auditStatus, findingLine, verdictLines, whyLines } from "./print.ts";
import { parseNetworkFile } from "./served-network.ts";

const stateRoot = "a".repeat(64);
const lastState = genesisState(makeGenesis());

describe("what an audit prints", () => {
  it("has a column for the epoch and one for the step", () => {
    expect(findingLine({ epoch: 3, step: "anchor", text: "there" })).toBe("epoch 3   anchor        there");
    expect(findingLine({ epoch: -1, step: "logs", text: "4 logs" })).toBe("          logs          4 logs");
  });

  it("ends with the same root, or with the first difference", () => {
    expect(verdictLines({ findings: [], stateRoot, lastState })).toEqual([`same root ${stateRoot}`]);
    const error = { code: "anchor-difference", message: "Another root", expected: "a", received: "b" };
    const report: AuditReport = {
      findings: [],
      stateRoot,
      lastState,
      difference: { epoch: 3, step: "anchor", error },
    };
    expect(auditStatus({ findings: [], stateRoot, lastState })).toBe(0);
    expect(auditStatus(report)).toBe(1);
    expect(verdictLines(report)).toEqual([
      "DIFFERENCE in epoch 3, anchor: Another root (anchor-difference)",
      "  expected  a",
      "  received  b",
    ]);
  });

  it("says of a chain that does not answer that nothing could be checked, and calls it no difference", () => {
    const error = {
      code: "chain-unreachable",
      message: "The chain does not answer",
      received: "again in 2 s",
    };
    const report: AuditReport = {
      findings: [],
      stateRoot,
      lastState,
      unchecked: { epoch: 3, step: "registry", error },
    };
    expect(auditStatus(report)).toBe(3);
    expect(verdictLines(report)).toEqual([
      "could not be checked: chain unreachable (epoch 3, registry)",
      "  received  again in 2 s",
      "this says nothing about the network: try again",
    ]);
  });

  it("says why an account was paid and its nodes charged", () => {
    const { steps } = playEpochs();
    const result = steps.at(-1)?.result;
    if (result === undefined) throw new Error("no epoch");
    const { state, explanations } = result;
    const report = { findings: [], stateRoot, lastState: state, explanations };
    const fined = explanations.charges.find(({ charge }) => charge.reason === "missed-duty");
    const entry = state.registry.entries.find(({ nodeId }) => nodeId === fined?.charge.nodeId);
    const lines = whyLines(report, entry?.account ?? "0x");
    expect(lines).toContainEqual(
      expect.stringMatching(/taken for being away from the committee of submission/),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/for a right verdict on submission \w+: earned in|held/),
    );
    expect(whyLines(report, `0x${"1".repeat(40)}`)).toEqual([
      "nothing was paid to this account or charged to its nodes",
    ]);
    expect(whyLines({ findings: [], stateRoot, lastState }, "0x")).toEqual(["no epoch was replayed"]);
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
