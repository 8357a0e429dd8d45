import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Genesis } from "../src/core/genesis.ts";
import { localParameters } from "../src/core/presets.ts";
import { keptGenesis, readableGenesis } from "./genesis.ts";
import { forget, networkState } from "./network-state.ts";
import { withEpochSeconds } from "./parameters.ts";

const account = `0x${"11".repeat(20)}` as const;
const cid = "bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

function sample(startMs: number): Genesis {
  return {
    version: 1,
    name: "sample",
    startMs,
    model: {
      manifestCid: "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
      environmentCid: cid,
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
}

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-genesis-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a genesis is made once and kept: the second start names the same network", async () => {
  const file = join(folder, "deep/genesis.cbor");
  const first = await keptGenesis(file, async () => sample(1_000));
  const again = vi.fn(async () => sample(2_000));
  const second = await keptGenesis(file, again);
  expect(again).not.toHaveBeenCalled();
  expect(second).toEqual(first);
  expect(second.genesis.startMs).toBe(1_000);
});

test("a damaged genesis is refused, not replaced", async () => {
  const file = join(folder, "genesis.cbor");
  writeFileSync(file, "damaged");
  await expect(keptGenesis(file, async () => sample(1))).rejects.toThrow();
});

test("the readable form has the CID and amounts in decimal digits", async () => {
  const kept = await keptGenesis(join(folder, "genesis.cbor"), async () => sample(5));
  const readable = JSON.parse(readableGenesis(kept));
  expect(readable.cid).toBe(kept.cid);
  expect(readable.parameters.epochRewardWei).toBe("1000000000000000000");
});

test("another model or other parameters keep their state apart; forgetting removes it", () => {
  const { model } = sample(0);
  const parameters = localParameters(account);
  const first = networkState(folder, { model, parameters });
  writeFileSync(first.genesis, "kept");
  expect(networkState(folder, { model, parameters })).toEqual(first);

  const faster = networkState(folder, { model, parameters: withEpochSeconds(parameters, 20) });
  expect(faster.folder).not.toBe(first.folder);
  const other = networkState(folder, { model: { ...model, environmentCid: model.manifestCid }, parameters });
  expect(other.folder).not.toBe(first.folder);

  forget(first);
  expect(() => writeFileSync(first.genesis, "new", { flag: "wx" })).not.toThrow();
});
