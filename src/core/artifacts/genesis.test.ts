import { expect, test } from "vitest";
import { decodeCbor } from "../codec/dag-cbor.ts";
import { toErrorData } from "../errors.ts";
import type { Genesis } from "../genesis.ts";
import { LIMITS } from "../limits.ts";
import { localParameters } from "../presets.ts";
import { decodeGenesis, encodeGenesis, genesisCid } from "./genesis.ts";

const account = `0x${"11".repeat(20)}` as const;
const RELAY = "/dns4/relay.example/tcp/443/wss/p2p/12D3KooWHhpyeGRP8jBJJ8qSWz4W3pw8Z7Gp4f3PS7oYTQSWUW2D";

const sample: Genesis = {
  version: 1,
  name: "sample",
  startMs: 1_000,
  model: {
    manifestCid: "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
    environmentCid: "bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
    baseMetrics: { lossMicroNats: 2_000_000, accuracyPpm: 400_000 },
    rank: 2,
    tensors: [{ name: "layers.0.q", shape: [2, 8] }],
  },
  chain: {
    chainId: 31_337,
    token: account,
    staking: account,
    epochAnchor: account,
    claims: account,
    treasury: account,
    guardian: account,
    disputes: account,
    commitLog: account,
    modelRegistry: account,
    accountLinks: account,
    anchorRewards: account,
  },
  parameters: localParameters(account),
};

test("a genesis without relays has no such field on the wire, and comes back without one", () => {
  const bytes = encodeGenesis(sample);
  expect(Object.keys(decodeCbor(bytes) ?? {}).sort()).toEqual([
    "chain",
    "model",
    "name",
    "parameters",
    "startMs",
    "version",
  ]);
  const decoded = decodeGenesis(bytes);
  expect(decoded).toEqual(sample);
  expect("relays" in decoded).toBe(false);
  expect(genesisCid(decoded)).toBe(genesisCid(sample));
});

test("relays of a genesis come back in their order, and change what the network is called", () => {
  const named: Genesis = { ...sample, relays: [RELAY, "/dnsaddr/relays.example"] };
  expect(decodeGenesis(encodeGenesis(named))).toEqual(named);
  expect(genesisCid(named)).not.toBe(genesisCid(sample));
});

test.each([
  ["none", []],
  ["an empty one", [""]],
  ["one too long", [`/dns4/${"a".repeat(LIMITS.addressCharacters)}/tcp/1/ws`]],
  ["too many", Array.from({ length: LIMITS.networkAddresses + 1 }, () => RELAY)],
])("refuses a list of relays with %s", (_, relays) => {
  let code = "";
  try {
    encodeGenesis({ ...sample, relays });
  } catch (thrown) {
    code = toErrorData(thrown).code;
  }
  expect(code).toBe("unencodable");
});
