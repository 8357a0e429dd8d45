import { readFile } from "node:fs/promises";
import { numberToHex } from "viem";
import { expect, it } from "vitest";
import { connectFirst, startLocalChain } from "../../e2e/support/local-chain.ts";
import { JURY_RULINGS, juryRulingDigest } from "../core/disputes/jury-ruling.ts";
import { describeChainDisputes } from "../ports/acceptance/chain-disputes.ts";
import { disputesAbi } from "./abi/disputes.ts";
import { createReadClient } from "./network.ts";
import { createOperator } from "./operator.ts";

const HOUR_SECONDS = 3_600;

describeChainDisputes("anvil over JSON-RPC", async () => {
  const local = await startLocalChain(HOUR_SECONDS);
  return {
    ...local,
    newWallet: async () => {
      const { wallet } = await local.newPage();
      await connectFirst(wallet);
      return wallet;
    },
    mine: async (blocks) => void (blocks > 0 && (await local.rpc("anvil_mine", [numberToHex(blocks)]))),
    pass: async (durationMs) => {
      await local.rpc("evm_increaseTime", [durationMs / 1_000]);
      await local.rpc("evm_mine");
    },
    dispose: local.stop,
  };
});

it("jurors sign what the contract hashes, and what the core's vector says", async () => {
  const vector = JSON.parse(
    await readFile(new URL("../../vectors/jury-ruling.json", import.meta.url), "utf8"),
  );
  const local = await startLocalChain();
  try {
    const { deployment } = local;
    const elsewhere = { ...deployment, disputes: vector.domain.verifyingContract };
    const operator = createOperator(Buffer.from(vector.privateKey, "hex"), elsewhere);
    expect(await operator.signRuling(vector.ruling)).toBe(vector.signature);

    const client = createReadClient(local.network);
    for (const ruling of ["uphold", "overturn", "deeper"] as const) {
      const digest = await client.readContract({
        address: deployment.disputes,
        abi: disputesAbi,
        functionName: "rulingDigest",
        args: [7n, 2, JURY_RULINGS[ruling]],
      });
      expect(digest).toBe(`0x${juryRulingDigest(deployment, { dispute: 7, stage: 2, ruling })}`);
    }
  } finally {
    await local.stop();
  }
});
