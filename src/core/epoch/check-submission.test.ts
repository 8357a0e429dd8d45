import { describe, expect, it } from "vitest";
import {
  Author,
  hashOf,
  makeAuthors,
  makeDelta,
  makeGenesis,
  makeRegistry,
  submit,
  TOKEN_WEI,
} from "../../../vectors/lib/world.ts";
import { type Bundle, decodeBundle, type WireBundle } from "../artifacts/bundle.ts";
import { bundle as bundleWire } from "../artifacts/schema.ts";
import { genesisState } from "../artifacts/state.ts";
import { encodeBlock } from "../codec/block.ts";
import { cidOf, encodeCbor } from "../codec/dag-cbor.ts";
import { commitmentOf } from "../messages/commit/schema.ts";
import type { SubmissionBody } from "../messages/submission/schema.ts";
import type { DenseDelta } from "../primitives.ts";
import { checkSubmission } from "./check-submission.ts";

const genesis = makeGenesis();
const authors = makeAuthors(genesis, 4);
const registry = makeRegistry(authors);
const state = genesisState(genesis);
const EPOCH = 1;

function author(): Author {
  return new Author(genesis, "0");
}

function good() {
  const metrics = { lossMicroNats: 4_900_000, accuracyPpm: 210_000 };
  return submit(genesis, state, author(), { epoch: EPOCH, metrics });
}

interface DenseBundle extends Bundle {
  readonly delta: DenseDelta;
}

function decodeDense(bytes: Uint8Array): DenseBundle {
  const { delta, ...rest } = decodeBundle(genesis, bytes);
  if (delta.type === "sparse") throw new Error("not a dense delta");
  return { ...rest, delta };
}

/** A submission of changed bytes or fields, with the commit that fits them. */
function spoiled(change: {
  body?: Partial<SubmissionBody>;
  bundle?: (bundle: DenseBundle) => WireBundle;
  bytes?: Uint8Array;
}) {
  const { submission, bundleBytes } = good();
  const changed = change.bundle?.(decodeDense(bundleBytes));
  const bytes =
    change.bytes ?? (changed === undefined ? bundleBytes : encodeBlock(bundleWire, "bundle", changed));
  const body = { ...submission.envelope.body, deltaCid: cidOf(bytes), ...change.body };
  const sender = author();
  const commitment = commitmentOf(sender.nodeId, body.deltaCid, body.salt);
  const commit = sender.sign("commit", { epoch: EPOCH, commitment, bondWei: 0n }, 1);
  return { commit, submission: sender.sign("submission", body, 2), bundleBytes: bytes };
}

function codeOf({ commit, submission, bundleBytes }: ReturnType<typeof good>, entries = registry.entries) {
  return checkSubmission(genesis, state, { ...registry, entries }, commit, submission, bundleBytes);
}

describe("tier (a)", () => {
  it("finds nothing wrong with a good submission, changed bodies included", () => {
    expect(codeOf(good())).toBeUndefined();
    expect(codeOf(spoiled({}))).toBeUndefined();
  });

  it.each<[string, string, Parameters<typeof spoiled>[0]]>([
    ["stake-mismatch", "IGNORE", { body: { stakeWei: 101n * TOKEN_WEI } }],
    ["stale-base-version", "IGNORE", { body: { baseModelVersion: cidOf(new Uint8Array()) } }],
    [
      "utility-mismatch",
      "REJECT",
      { body: { reportedMetrics: { lossMicroNats: 4_900_000, accuracyPpm: 210_000, utilityPpm: 30_000 } } },
    ],
    [
      "evaluation-mismatch",
      "REJECT",
      { body: { reportedMetrics: { lossMicroNats: 4_900_000, accuracyPpm: 210_001, utilityPpm: 20_000 } } },
    ],
    ["bundle-cid-mismatch", "REJECT", { body: { deltaCid: cidOf(new Uint8Array()) } }],
    ["malformed-bundle", "REJECT", { bytes: Uint8Array.of(1, 2, 3) }],
    ["malformed-bundle", "REJECT", { bytes: encodeCbor({ version: 1 }) }],
    [
      "environment-mismatch",
      "REJECT",
      { bundle: (b) => ({ ...b, environmentCid: cidOf(new Uint8Array()) }) },
    ],
    ["delta-norm", "REJECT", { bundle: (b) => ({ ...b, delta: makeDelta(genesis, "large", 0) }) }],
    ["tensor-shape", "REJECT", { bundle: (b) => ({ ...b, delta: { ...b.delta, rank: 3 } }) }],
    ["delta-type", "REJECT", { body: { deltaType: "sparse" } }],
    ["delta-type", "REJECT", { bundle: (b) => ({ ...b, delta: { ...b.delta, type: "full" } }) }],
    [
      "sparse-coding",
      "REJECT",
      {
        body: { deltaType: "sparse" },
        bundle: (b) => ({
          ...b,
          delta: {
            type: "sparse",
            rank: 2,
            exponents: Uint8Array.of(3, 0),
            count: 1,
            gaps: Uint8Array.of(0xff),
            values: Uint8Array.of(9),
          },
        }),
      },
    ],
    [
      "tensor-shape",
      "REJECT",
      { bundle: (b) => ({ ...b, delta: { ...b.delta, tensors: b.delta.tensors.slice(1) } }) },
    ],
    [
      "tensor-shape",
      "REJECT",
      {
        bundle: (b) => ({
          ...b,
          delta: {
            ...b.delta,
            tensors: b.delta.tensors.map((tensor) => ({ ...tensor, name: `${tensor.name}x` })),
          },
        }),
      },
    ],
    [
      "tensor-shape",
      "REJECT",
      {
        bundle: (b) => ({
          ...b,
          delta: {
            ...b.delta,
            tensors: b.delta.tensors.map((tensor) => ({ ...tensor, data: tensor.data.slice(1) })),
          },
        }),
      },
    ],
  ])("says %s (%s)", (code, verdict, change) => {
    expect(codeOf(spoiled(change))).toMatchObject({ code, verdict });
  });

  it("says not-staked of strangers and of too little stake", () => {
    expect(codeOf(good(), [])?.code).toBe("not-staked");
    const poor = registry.entries.map((entry) => ({ ...entry, stakeWei: 99n * TOKEN_WEI }));
    expect(codeOf(good(), poor)?.code).toBe("not-staked");
  });

  it("says commit-mismatch when another delta or salt is revealed", () => {
    const { submission, bundleBytes } = good();
    const sender = author();
    const { deltaCid } = submission.envelope.body;
    const commitment = commitmentOf(sender.nodeId, deltaCid, hashOf("another salt"));
    const commit = sender.sign("commit", { epoch: EPOCH, commitment, bondWei: 0n }, 1);
    expect(codeOf({ commit, submission, bundleBytes })).toMatchObject({
      code: "commit-mismatch",
      verdict: "REJECT",
    });
  });

  it("says commit-missing without a commit, with another's, another epoch's, or a later one", () => {
    const { submission, bundleBytes } = good();
    const { deltaCid, salt } = submission.envelope.body;
    const body = { epoch: EPOCH, commitment: commitmentOf(author().nodeId, deltaCid, salt), bondWei: 0n };
    const others = authors[1]?.sign("commit", body, 1);
    const otherEpoch = author().sign("commit", { ...body, epoch: EPOCH + 1 }, 1);
    const late = author();
    late.sign("commit", body, 1);
    late.sign("commit", body, 1);
    const after = late.sign("commit", body, 1);
    for (const commit of [undefined, others, otherEpoch, after]) {
      const error = checkSubmission(genesis, state, registry, commit, submission, bundleBytes);
      expect(error).toMatchObject({ code: "commit-missing", verdict: "IGNORE" });
    }
  });
});
