import { readFileSync } from "node:fs";
import { createReadClient } from "../../src/chain/network.ts";
import { z } from "../../src/core/codec/zod.ts";
import type { LocalChain } from "./local-chain.ts";

const hashSchema = z.templateLiteral(["0x", z.string()]);
const MULTICALL = "0xcA11bde05977b3631167028862bE2a173976CA11";

/** The contract as viem carries it, installed at the address that public chains have it at. */
export async function installMulticall({
  rpc,
  network,
  deployment,
}: Pick<LocalChain, "rpc" | "network" | "deployment">): Promise<void> {
  const source = readFileSync("node_modules/viem/_esm/constants/contracts.js", "utf8");
  const creation = /multicall3Bytecode = '(0x[0-9a-f]+)'/.exec(source)?.[1];
  const hash = await rpc("eth_sendTransaction", [
    { from: deployment.faucet, data: creation, gas: "0x300000" },
  ]);
  // It is mined in a moment, and not before this was answered.
  const { contractAddress } = await createReadClient(network).waitForTransactionReceipt({
    hash: hashSchema.parse(hash),
  });
  await rpc("anvil_setCode", [MULTICALL, await rpc("eth_getCode", [contractAddress, "latest"])]);
}
