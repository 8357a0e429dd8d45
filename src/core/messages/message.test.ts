import { describe, expect, it } from "vitest";
import { SAMPLES } from "../../../vectors/lib/message-samples.ts";
import {
  Author,
  hashOf,
  makeAuthors,
  makeGenesis,
  makeRegistry,
  seedOf,
} from "../../../vectors/lib/world.ts";
import { genesisCid } from "../artifacts/genesis.ts";
import { bytesToHex } from "../bytes.ts";
import { cidOf } from "../codec/dag-cbor.ts";
import { createIdentity, verifyBytes } from "../identity.ts";
import { LIMITS } from "../limits.ts";
import { decodeMessage, type MessageDraft, signMessage } from "./message.ts";
import { inSetOrder } from "./message-set/schema.ts";
import { signReceipt } from "./receipt/schema.ts";

const genesis = makeGenesis();
const network = genesisCid(genesis);
const draft: MessageDraft<"commit"> = {
  network,
  secretKey: seedOf("message"),
  sequence: 0,
  previous: null,
  timestampMs: 1,
  kind: "commit",
  body: { epoch: 0, commitment: hashOf("commitment"), bondWei: 0n },
};

const withCode = (code: string) => expect.objectContaining({ data: expect.objectContaining({ code }) });

describe("messages", () => {
  it.each<[string, Partial<MessageDraft<"commit">>]>([
    ["a body that breaks its schema", { body: { ...draft.body, epoch: -1 } }],
    ["a commitment in upper case", { body: { ...draft.body, commitment: "AB".repeat(32) } }],
    ["a first message with a previous one", { previous: network }],
    ["a later message without a previous one", { sequence: 1 }],
  ])("are not signed with %s", (_name, change) => {
    expect(() => signMessage({ ...draft, ...change })).toThrow(withCode("unencodable"));
  });

  it("say which field is wrong", () => {
    expect(() => signMessage({ ...draft, body: { ...draft.body, epoch: -1 } })).toThrow(/epoch/);
  });

  it("hold the largest set: all messages and all registry entries", () => {
    const authors = Array.from({ length: 2 }, (_, i) => new Author(genesis, `${i}`));
    const [entry] = makeRegistry(authors).entries;
    if (entry === undefined) throw new Error("no entry");
    const entries = Array.from({ length: LIMITS.registryEntries }, (_, i) => ({
      ...entry,
      nodeId: hashOf(`${i}`),
      stakeWei: 2n ** 90n,
    })).sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
    const messages = Array.from({ length: LIMITS.messagesPerSet }, (_, i) =>
      cidOf(Uint8Array.of(i & 255, (i >> 8) & 255, i >> 16)),
    );
    const body = {
      epoch: 1,
      round: 0,
      previousRoot: hashOf("root"),
      registry: { blockNumber: 1, blockHash: hashOf("block"), entries },
      messages: inSetOrder(messages),
      aggregateMetrics: { lossMicroNats: 1, accuracyPpm: 1 },
      clusterMetrics: [],
    };
    const { bytes } = signMessage({ ...draft, kind: "message-set", body });
    expect(bytes.length).toBeLessThan(LIMITS.messageBytes - 64 * 1024);
    const decoded = decodeMessage(bytes, network);
    expect(decoded.kind === "message-set" && decoded.envelope.body).toEqual(body);
  });
});

describe("a receipt", () => {
  it("needs the requester's signature under these very terms, for this very provider", () => {
    const provider = new Author(genesis, "provider");
    const { requesterSignature: _, ...terms } = SAMPLES.receipt.good.plain ?? fail();
    const requester = createIdentity(seedOf("requester"));
    const body = { ...terms, requester: requester.nodeId };
    const signed = (by: string) => ({
      ...body,
      requesterSignature: signReceipt(requester.secretKey, by, body),
    });
    const decoded = decodeMessage(provider.sign("receipt", signed(provider.nodeId), 1).bytes, network);
    expect(decoded.kind).toBe("receipt");
    const stolen = provider.sign("receipt", signed(requester.nodeId), 2).bytes;
    expect(() => decodeMessage(stolen, network)).toThrow(withCode("bad-requester-signature"));
  });
});

function fail(): never {
  throw new Error("no sample");
}

describe("identity", () => {
  it("needs 32 bytes of seed", () => {
    expect(createIdentity(seedOf("a")).nodeId).toHaveLength(64);
    expect(() => createIdentity(new Uint8Array(31))).toThrow(withCode("bad-seed"));
  });

  it("refuses the key of small order that signs everything", () => {
    // With the neutral point as key and R, S = 0 satisfies the cofactored equation for any message.
    const neutral = new Uint8Array(32);
    neutral[0] = 1;
    const signature = `${bytesToHex(neutral)}${"00".repeat(32)}`;
    expect(verifyBytes(bytesToHex(neutral), seedOf("anything"), signature)).toBe(false);
  });

  it("refuses garbage instead of throwing", () => {
    const [author] = makeAuthors(genesis, 1);
    expect(verifyBytes(author?.nodeId ?? "", seedOf("m"), "ff".repeat(64))).toBe(false);
    expect(verifyBytes("ff".repeat(32), seedOf("m"), "00".repeat(64))).toBe(false);
  });
});
