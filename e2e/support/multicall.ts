import { readFileSync } from "node:fs";
import type { LocalChain } from "./local-chain.ts";

const MULTICALL = "0xcA11bde05977b3631167028862bE2a173976CA11";

/** The contract as viem carries it, installed at the address that public chains have it at. */
export async function installMulticall({
  rpc,
  deployment,
}: Pick<LocalChain, "rpc" | "deployment">): Promise<void> {
  const source = readFileSync("node_modules/viem/_esm/constants/contracts.js", "utf8");
  const creation = /multicall3Bytecode = '(0x[0-9a-f]+)'/.exec(source)?.[1];
  const hash = await rpc("eth_sendTransaction", [
    { from: deployment.faucet, data: creation, gas: "0x300000" },
  ]);
  const receipt = await rpc("eth_getTransactionReceipt", [hash]);
  const deployed =
    typeof receipt === "object" && receipt !== null && "contractAddress" in receipt
      ? receipt.contractAddress
      : undefined;
  await rpc("anvil_setCode", [MULTICALL, await rpc("eth_getCode", [deployed, "latest"])]);
}
