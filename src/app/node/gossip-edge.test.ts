import { describe, expect, it } from "vitest";
import { Author, makeAuthors, makeGenesis, makeRegistry } from "../../../vectors/lib/world.ts";
import { genesisCid } from "../../core/artifacts/genesis.ts";
import { genesisState } from "../../core/artifacts/state.ts";
import { epochStartMs } from "../../core/epoch/clock.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Message } from "../../core/messages/message.ts";
import { signReceipt } from "../../core/messages/receipt/schema.ts";
import { GossipEdge, viewAtEdge } from "./gossip-edge.ts";

const EPOCH = 2;
const genesis = makeGenesis();
const state = genesisState(genesis);
const nowMs = epochStartMs(genesis, EPOCH) + 1_000;

function setUp(takingPart: number) {
  const authors = makeAuthors(genesis, 3);
  const [provider, requester, stranger] = authors;
  if (provider === undefined || requester === undefined || stranger === undefined) throw new Error("too few");
  const time = { nowMs };
  const edge = new GossipEdge(genesis, { nowMs: () => time.nowMs, at: () => () => undefined });
  const view = viewAtEdge({ state }, makeRegistry(authors.slice(0, takingPart)), undefined);
  edge.know(() => view);
  return { provider, requester, stranger, edge, time };
}

const ballot = (author: Author): Message =>
  author.sign("ballot", { proposal: genesisCid(genesis), choice: "for" }, nowMs);

function receipt(
  provider: Author,
  requester: Author,
  changes: { flops?: number; modelVersion?: string } = {},
) {
  const terms = {
    epoch: EPOCH,
    request: "ab".repeat(32),
    requester: requester.nodeId,
    modelVersion: changes.modelVersion ?? state.modelVersion,
    tokensIn: 10,
    tokensOut: 10,
    flops: changes.flops ?? 1,
    outputDigest: "cd".repeat(32),
    feeWei: 0n,
  };
  const requesterSignature = signReceipt(requester.identity.secretKey, provider.nodeId, terms);
  return provider.sign("receipt", { ...terms, requesterSignature }, nowMs);
}

describe("the edge of gossip", () => {
  it("refuses a kind on a topic where it does not belong", () => {
    const { edge, provider } = setUp(3);
    expect(edge.check("vote", ballot(provider))).toMatchObject({ code: "wrong-topic", verdict: "REJECT" });
    expect(edge.check("govern", ballot(provider))).toBeUndefined();
  });

  it("passes on no more of one author than an honest one says, and blames no forwarder", () => {
    const { edge, provider, requester, time } = setUp(3);
    const { burst, perMinute } = LIMITS.gossipAuthorQuota.govern;
    const codes = Array.from({ length: burst + 5 }, () => edge.check("govern", ballot(provider)));
    expect(codes.slice(0, burst)).toEqual(Array.from({ length: burst }, () => undefined));
    for (const error of codes.slice(burst))
      expect(error).toMatchObject({ code: "author-quota", verdict: "IGNORE" });
    expect(edge.check("govern", ballot(requester))).toBeUndefined();
    time.nowMs += 60_000;
    const later = Array.from({ length: perMinute + 5 }, () => edge.check("govern", ballot(provider)));
    expect(later.filter((error) => error === undefined)).toHaveLength(perMinute);
  });

  it("gives all authors without a stake one quota together: identities cost nothing", () => {
    const { edge, provider } = setUp(2);
    const { burst } = LIMITS.gossipStrangerQuota;
    const passed = Array.from({ length: burst + 20 }, (_, index) =>
      edge.check("govern", ballot(new Author(genesis, `nobody ${index}`))),
    );
    expect(passed.filter((error) => error === undefined)).toHaveLength(burst);
    expect(passed.at(-1)).toMatchObject({ code: "stranger-quota", verdict: "IGNORE" });
    expect(edge.check("govern", ballot(provider))).toBeUndefined();
  });

  it("stops receipts that cannot count, and blames for what is wrong in any state only", () => {
    const { edge, provider, requester, stranger } = setUp(2);
    const outcome = (message: Message) => edge.check("use", message);
    expect(outcome(receipt(provider, requester))).toBeUndefined();
    expect(outcome(receipt(provider, provider))).toMatchObject({ code: "self-receipt", verdict: "REJECT" });
    expect(outcome(receipt(provider, stranger))).toMatchObject({ code: "not-staked", verdict: "IGNORE" });
    const flops = 21 * state.parameters.flopsPerToken;
    expect(outcome(receipt(provider, requester, { flops }))).toMatchObject({
      code: "receipt-flops",
      verdict: "IGNORE",
    });
    const modelVersion = genesisCid(genesis);
    expect(outcome(receipt(provider, requester, { modelVersion }))).toBeUndefined();
  });

  it("passes on what it holds while it is news, not old history played again", () => {
    const { edge, provider } = setUp(3);
    const old = ballot(provider);
    expect(edge.checkHeld("govern", old, nowMs - 1_000)).toBeUndefined();
    expect(edge.checkHeld("govern", old, nowMs - LIMITS.gossipSeenMs)).toMatchObject({ code: "known" });
  });

  it("knows no strangers before the first registry is there", () => {
    const { edge, stranger } = setUp(0);
    const { burst } = LIMITS.gossipStrangerQuota;
    const codes = Array.from({ length: burst }, () => edge.check("govern", ballot(stranger)));
    expect(codes.every((error) => error === undefined)).toBe(true);
    expect(edge.check("govern", ballot(stranger))).toMatchObject({ code: "author-quota" });
  });
});
