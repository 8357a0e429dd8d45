import { describe, expect, it } from "vitest";
import {
  type Author,
  hashOf,
  makeAuthors,
  makeGenesis,
  makeRegistry,
  TOKEN_WEI,
} from "../../../vectors/lib/world.ts";
import { decodeCertificate, encodeCertificate } from "../artifacts/certificate.ts";
import type { Certificate, EpochRoot } from "../chain-types.ts";
import { cidOf } from "../codec/dag-cbor.ts";
import { certify, checkEpochVote, verifyCertificate } from "./certificate.ts";
import { epochRootDigest, recoverOperator, signDigest } from "./root.ts";

const genesis = makeGenesis();
/** 100, 200, 300 and 400 tokens: the last three have 90 %. */
const authors = makeAuthors(genesis, 4);
const registry = makeRegistry(authors);
const root: EpochRoot = {
  epoch: 3,
  previousRoot: hashOf("p"),
  stateRoot: hashOf("s"),
  claimsRoot: hashOf("c"),
  manifestDigest: hashOf("m"),
  snapshotBlock: 7,
};

function vote(author: Author, voted = root, key = author.operatorKey) {
  const operatorSignature = signDigest(epochRootDigest(genesis.chain, voted), key);
  const messageSet = cidOf(new Uint8Array());
  return author.sign(
    "epoch-vote",
    { epoch: voted.epoch, round: 0, messageSet, root: voted, operatorSignature },
    1,
  );
}

function good(): Certificate {
  const certificate = certify(
    genesis,
    registry,
    root,
    authors.slice(1).map((author) => vote(author)),
  );
  if (certificate === undefined) throw new Error("no certificate");
  return certificate;
}

describe("certificate", () => {
  it("needs two thirds of the stake, not of the heads", () => {
    const [first, second, third, fourth] = authors.map((author) => vote(author));
    if (!first || !second || !third || !fourth) throw new Error("no votes");
    expect(certify(genesis, registry, root, [first, second, third])).toBeUndefined();
    expect(certify(genesis, registry, root, [third, fourth])).toBeDefined();
    expect(certify(genesis, registry, root, [fourth, fourth, fourth])).toBeUndefined();
  });

  it.each([
    { name: "two of three equal stakes", stakesWei: [100n, 100n, 100n], thresholdPpm: 666_666, enough: true },
    {
      name: "exactly two thirds of a whole",
      stakesWei: [TOKEN_WEI, TOKEN_WEI, TOKEN_WEI],
      thresholdPpm: 666_666,
      enough: true,
    },
    {
      name: "one wei less",
      stakesWei: [TOKEN_WEI, TOKEN_WEI - 1n, TOKEN_WEI],
      thresholdPpm: 666_666,
      enough: false,
    },
    {
      name: "666,666 ppm, which is less",
      stakesWei: [333_333n, 333_333n, 333_334n],
      thresholdPpm: 666_666,
      enough: false,
    },
    { name: "two thirds of one wei each", stakesWei: [1n, 1n, 1n], thresholdPpm: 666_666, enough: true },
    {
      name: "two thirds, where a genesis asks for more",
      stakesWei: [100n, 100n, 100n],
      thresholdPpm: 666_667,
      enough: false,
    },
    {
      name: "two thirds, where a genesis asks for less",
      stakesWei: [100n, 99n, 100n],
      thresholdPpm: 500_000,
      enough: false,
    },
    { name: "no stake of no stake", stakesWei: [0n, 0n, 0n], thresholdPpm: 666_666, enough: false },
  ])("$name by the first two of three: accepted $enough", ({ stakesWei, thresholdPpm, enough }) => {
    const strict = makeGenesis({ certificateThresholdPpm: thresholdPpm });
    const three = authors.slice(0, 3);
    const stakes = new Map(three.map(({ nodeId }, index) => [nodeId, stakesWei[index] ?? 0n]));
    const entries = registry.entries
      .filter(({ nodeId }) => stakes.has(nodeId))
      .map((entry) => ({ ...entry, stakeWei: stakes.get(entry.nodeId) ?? 0n }));
    const votes = three.slice(0, 2).map((author) => vote(author));
    expect(certify(strict, { ...registry, entries }, root, votes) !== undefined).toBe(enough);
  });

  it("leaves out votes for other roots, of other keys and of strangers", () => {
    const [first, second, third, fourth] = authors;
    if (!first || !second || !third || !fourth) throw new Error("no authors");
    const other = { ...root, stateRoot: hashOf("other") };
    const votes = [vote(first), vote(second), vote(third, other), vote(fourth, root, first.operatorKey)];
    expect(certify(genesis, registry, root, votes)).toBeUndefined();
    expect(checkEpochVote(genesis, registry, vote(first))).toBeUndefined();
    expect(checkEpochVote(genesis, registry, vote(fourth, root, first.operatorKey))?.code).toBe(
      "bad-operator-signature",
    );
    expect(checkEpochVote(genesis, { ...registry, entries: [] }, vote(first))?.code).toBe("not-staked");
  });

  it("survives encoding and verifies", () => {
    const certificate = decodeCertificate(encodeCertificate(good()));
    expect(verifyCertificate(genesis, registry, certificate, root)).toBeUndefined();
  });

  it.each<[string, (certificate: Certificate) => Certificate]>([
    ["certificate-root", (c) => ({ ...c, root: { ...root, epoch: 4 } })],
    ["certificate-order", (c) => ({ ...c, signatures: [...c.signatures].reverse() })],
    ["certificate-order", (c) => ({ ...c, signatures: c.signatures.flatMap((one) => [one, one]) })],
    ["too-little-stake", (c) => ({ ...c, signatures: [] })],
    [
      "unknown-operator",
      (c) => ({
        ...c,
        signatures: c.signatures.map((one) => ({ ...one, operator: `0x${"00".repeat(20)}` })),
      }),
    ],
    [
      "bad-operator-signature",
      (c) => ({ ...c, signatures: c.signatures.map((one) => ({ ...one, signature: "00".repeat(65) })) }),
    ],
  ])("is refused with %s", (code, spoil) => {
    expect(verifyCertificate(genesis, registry, spoil(good()), root)?.code).toBe(code);
  });

  it("refuses the other signature of the same key (high s)", () => {
    const digest = epochRootDigest(genesis.chain, root);
    const signature = signDigest(digest, authors[0]?.operatorKey ?? new Uint8Array());
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const highS = (order - BigInt(`0x${signature.slice(64, 128)}`)).toString(16).padStart(64, "0");
    const v = signature.endsWith("1b") ? "1c" : "1b";
    expect(() => recoverOperator(digest, `${signature.slice(0, 64)}${highS}${v}`)).toThrow();
  });
});
