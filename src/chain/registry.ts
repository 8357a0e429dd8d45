import { stakingAbi } from "./abi/staking.ts";
import type { ReadClient } from "./network.ts";
import type { StakeStruct } from "./stake-entry.ts";

const PAGE = 256n;

/**
 * All nodes with a stake at the end of that block, in no order. The contract keeps its history, so that any endpoint
 * answers, also one that has dropped old states.
 */
export async function readRegistry(
  client: ReadClient,
  staking: `0x${string}`,
  blockNumber: bigint,
): Promise<readonly StakeStruct[]> {
  const contract = { address: staking, abi: stakingAbi } as const;
  const count = await client.readContract({ ...contract, functionName: "everStakedCount" });
  const pages: Promise<readonly StakeStruct[]>[] = [];
  for (let offset = 0n; offset < count; offset += PAGE) {
    pages.push(
      client.readContract({ ...contract, functionName: "registryAt", args: [blockNumber, offset, PAGE] }),
    );
  }
  return (await Promise.all(pages)).flat().filter((stake) => stake.amount > 0n);
}
