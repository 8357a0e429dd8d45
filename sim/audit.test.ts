import { describe, expect, it } from "vitest";
import { AUDIT_EXIT, auditStatus } from "../cli/audit/print.ts";
import { audit } from "../src/app/audit/audit.ts";
import type { AuditSources } from "../src/app/audit/report.ts";
import { createChain } from "../src/chain/chain.ts";
import { bytesToHex, hashWithDomain, hexToBytes } from "../src/core/bytes.ts";
import { encodeCbor } from "../src/core/codec/dag-cbor.ts";
import { failure } from "../src/core/errors.ts";
import { claimProof } from "../src/core/merkle/claims.ts";
import type { Bodies } from "../src/core/messages/kinds.ts";
import type { Cid } from "../src/core/primitives.ts";
import { workChecks } from "../src/core/scoring/work-checks.ts";
import { History, type Meddling } from "./history.ts";

async function historyOf(epochs: number, meddling?: Meddling): Promise<History> {
  const history = new History(meddling);
  await history.stakeAll();
  await history.clock.advanceTo(history.genesis.startMs + 60_000);
  for (let epoch = 0; epoch < epochs; epoch++) await history.runEpoch(epoch);
  return history;
}

function sourcesOf(history: History, changes: Partial<AuditSources> = {}): AuditSources {
  const get = async (cid: Cid): Promise<Uint8Array> => {
    const bytes = history.artifacts.get(cid);
    if (bytes === undefined) throw failure("not-found", "No peer has it", cid);
    return bytes;
  };
  const { genesis, chain, evaluator } = history;
  return { genesis, messages: history.bytes(), artifacts: { get }, chain, evaluator, ...changes };
}

describe("audit", () => {
  it("finds the same root, epoch after epoch, from the genesis on", async () => {
    const history = await historyOf(2);
    const report = await audit(sourcesOf(history), 1);
    expect(report.difference).toBeUndefined();
    expect(report.stateRoot).toBe(history.results[1]?.stateRoot);
    const steps = report.findings.filter(({ epoch }) => epoch === 1).map(({ step }) => step);
    expect(steps).toEqual([
      "message set",
      "registry",
      "committees",
      "benchmark",
      "aggregate",
      "rewards",
      "state root",
      "manifest",
      "certificate",
      "anchor",
      "claims",
    ]);
    expect(report.findings.find(({ step }) => step === "benchmark")?.text).toContain("3 attestations");
  });

  it("is not misled by one vote for the right state with something else false, whose log comes first", async () => {
    const first = [...new History().members].map(({ identity }) => identity.nodeId).sort()[0];
    for (const changed of [{ snapshotBlock: 1 }, { claimsRoot: "ab".repeat(32) }]) {
      let falseVotes = 0;
      const history = await historyOf(1, {
        vote: (body, voter) => {
          if (voter !== first) return body;
          falseVotes++;
          return { ...body, root: { ...body.root, ...changed } };
        },
      });
      const report = await audit(sourcesOf(history), 0);
      expect(falseVotes).toBe(1);
      expect(report.difference).toBeUndefined();
      expect(report.stateRoot).toBe(history.results[0]?.stateRoot);
    }
  });

  it("stops at the epoch that was asked for", async () => {
    const history = await historyOf(2);
    expect((await audit(sourcesOf(history), 0)).stateRoot).toBe(history.results[0]?.stateRoot);
  });

  it("takes messages in any order", async () => {
    const history = await historyOf(1);
    const report = await audit(sourcesOf(history, { messages: history.bytes().toReversed() }), 0);
    expect(report.difference).toBeUndefined();
  });

  it("compares the anchored root and what was paid", async () => {
    const history = await historyOf(1);
    const [sender] = history.members;
    const account = sender?.wallet.account() ?? "0x";
    await sender?.wallet.anchor(history.certificate());
    await sender?.wallet.claim({ epoch: 0, ...claimProof(history.state, account) });
    const report = await audit(sourcesOf(history), 0);
    expect(report.difference).toBeUndefined();
    expect(report.findings.find(({ step }) => step === "anchor")?.text).toContain("transaction");
    const dueWei = history.state.balancesDue.get(account);
    expect(report.findings.find(({ step }) => step === "claims")?.text).toMatch(new RegExp(`^${dueWei} of`));
  });

  it("finds a message that was changed after it was signed", async () => {
    const history = await historyOf(1);
    const messages = history.bytes().map((bytes) => Uint8Array.from(bytes));
    const last = messages.at(-1);
    last?.set([(last.at(-1) ?? 0) ^ 1], last.length - 1);
    const report = await audit(sourcesOf(history, { messages }), 0);
    expect(report.difference?.step).toBe("signatures");
  });

  it("finds a message that is missing from a log", async () => {
    const history = await historyOf(1);
    const messages = history.bytes().toSpliced(1, 1);
    const report = await audit(sourcesOf(history, { messages }), 0);
    expect(report.difference).toMatchObject({ step: "logs", error: { code: "log-gap" } });
  });

  it("finds a committee that attested what the benchmark does not give", async () => {
    const lie: Meddling = {
      attestation: (body) => ({ ...body, pass: false, reason: "metrics-mismatch", metrics: LIE }),
    };
    const report = await audit(sourcesOf(await historyOf(1, lie)), 0);
    expect(report.difference).toMatchObject({
      epoch: 0,
      step: "benchmark",
      error: { code: "metrics-difference", received: expect.stringContaining("loss 7") },
    });
  });

  it("finds a committee that recognises digests which it made up", async () => {
    const madeUp = (validator: string) => bytesToHex(hashWithDomain("made up", hexToBytes(validator)));
    const collude: Meddling = {
      attestation: (body, validator, drawn) => ({
        ...body,
        workDigest: madeUp(validator),
        checks: workChecks(validator, drawn.map(madeUp)),
      }),
    };
    const report = await audit(sourcesOf(await historyOf(1, collude)), 0);
    expect(report.difference).toMatchObject({ step: "benchmark", error: { code: "work-digest-difference" } });
  });

  it("goes on when one validator copied another's work: the rules have put it aside", async () => {
    const said: Bodies["attestation"][] = [];
    const copy: Meddling = {
      attestation: (body) => {
        said.push(body);
        const [first, second] = said;
        return first !== undefined && body === second
          ? { ...body, workDigest: first.workDigest, checks: first.checks }
          : body;
      },
    };
    const history = await historyOf(1, copy);
    expect(history.results[0]?.refused.map(({ error }) => error.code)).toEqual(["work-unproved"]);
    expect((await audit(sourcesOf(history), 0)).difference).toBeUndefined();
  });

  it("goes on when a minority lied: the rules have dealt with it", async () => {
    let liar: string | undefined;
    const lie: Meddling = {
      attestation: (body, validator) => {
        liar ??= validator;
        return validator === liar ? { ...body, metrics: LIE } : body;
      },
    };
    const report = await audit(sourcesOf(await historyOf(1, lie)), 0);
    expect(report.difference).toBeUndefined();
  });

  it("finds a leader that reported other metrics of the new version", async () => {
    const lie: Meddling = {
      messageSet: (body) => ({ ...body, aggregateMetrics: { lossMicroNats: 1, accuracyPpm: 1 } }),
    };
    const report = await audit(sourcesOf(await historyOf(1, lie)), 0);
    expect(report.difference).toMatchObject({ step: "aggregate", error: { code: "aggregate-difference" } });
  });

  it("finds stakes that are not on the chain", async () => {
    const history = await historyOf(1);
    const registry = await history.chain.registryAt(history.genesis.startMs);
    const foreign = { ...registry, entries: registry.entries.slice(1) };
    const chain = Object.assign(Object.create(history.chain), { registryAt: async () => foreign });
    const report = await audit(sourcesOf(history, { chain }), 0);
    expect(report.difference).toMatchObject({ step: "registry", error: { code: "registry-difference" } });
  });

  it("finds no difference where the chain does not answer: what it names could not be checked", async () => {
    const history = await historyOf(1);
    const away = async () => {
      throw failure("chain-unreachable", "The chain does not answer");
    };
    for (const [read, step] of [
      ["registryAt", "registry"],
      ["anchoredEpoch", "anchor"],
      ["claimedWei", "claims"],
    ] as const) {
      const chain = new Proxy(history.chain, {
        get: (target, name) => {
          if (name === read) return away;
          const value: unknown = Reflect.get(target, name);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
      const report = await audit(sourcesOf(history, { chain }), 0);
      expect(report.unchecked).toMatchObject({ epoch: 0, step, error: { code: "chain-unreachable" } });
      expect(report.difference).toBeUndefined();
    }
  });

  it("finds no difference where an endpoint answers rubbish: nothing could be checked", async () => {
    const history = await historyOf(1);
    for (const rubbish of ["rubbish", "<html></html>", "0x", null, undefined, 7, {}, [], { number: "0x1" }]) {
      const provider = { request: async () => rubbish };
      const chain = createChain({ rpcUrls: [], chain: history.genesis.chain, provider });
      const report = await audit(sourcesOf(history, { chain }), 0);
      expect(report.difference).toBeUndefined();
      expect(report.unchecked).toMatchObject({
        epoch: 0,
        step: "registry",
        error: { code: "chain-unreachable" },
      });
      expect(auditStatus(report)).toBe(AUDIT_EXIT.unchecked);
    }
  });

  it("does not take other bytes for a bundle", async () => {
    const history = await historyOf(1);
    const submission = history.messages.find(({ kind }) => kind === "submission");
    const cid = submission?.kind === "submission" ? submission.envelope.body.deltaCid : "";
    history.artifacts.set(cid, encodeCbor({ another: "bundle" }));
    const report = await audit(sourcesOf(history), 0);
    expect(report.difference).toMatchObject({ step: "benchmark", error: { code: "false-pass" } });
  });

  it("finds another root on the chain, and one that was never certified", async () => {
    const history = await historyOf(1);
    const anchored = {
      epoch: 0,
      stateRoot: "a".repeat(64),
      claimsRoot: "b".repeat(64),
      transaction: "c".repeat(64),
      blockNumber: 9,
      sender: history.genesis.chain.token,
    };
    const chain = Object.assign(Object.create(history.chain), {
      registryAt: (atMs: number) => history.chain.registryAt(atMs),
      anchoredEpoch: async () => anchored,
    });
    const report = await audit(sourcesOf(history, { chain }), 0);
    expect(report.difference).toMatchObject({ step: "anchor", error: { code: "anchor-difference" } });
    const unknown = await audit(sourcesOf(history), 5);
    expect(unknown.difference).toMatchObject({ epoch: 5, error: { code: "not-certified" } });
  });
});

const LIE = { lossMicroNats: 7, accuracyPpm: 7, utilityPpm: 7 };
