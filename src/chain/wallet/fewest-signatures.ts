import { fewestSignatures } from "../../core/epoch/fewest-signatures.ts";
import type { GenesisChain } from "../../core/genesis.ts";
import type { Certificate, StakeEntry } from "../../ports/chain.ts";
import { toChainError } from "../errors.ts";
import type { ReadClient } from "../network.ts";
import { readRegistry } from "../registry.ts";
import { stakeEntry } from "../stake-entry.ts";

/** The same certificates, each with no more signatures than the contract asks for at its snapshot block. Errors: chain-unreachable. */
export async function withFewestSignatures(
  client: ReadClient,
  { staking }: Pick<GenesisChain, "staking">,
  certificates: readonly Certificate[],
): Promise<readonly Certificate[]> {
  const registries = new Map<number, Promise<readonly StakeEntry[]>>();
  const registryAt = (blockNumber: number): Promise<readonly StakeEntry[]> => {
    const known = registries.get(blockNumber);
    if (known !== undefined) return known;
    const read = readRegistry(client, staking, BigInt(blockNumber)).then((stakes) => stakes.map(stakeEntry));
    registries.set(blockNumber, read);
    return read;
  };
  try {
    return await Promise.all(
      certificates.map(async (certificate) =>
        fewestSignatures(certificate, await registryAt(certificate.root.snapshotBlock)),
      ),
    );
  } catch (thrown) {
    throw toChainError(thrown);
  }
}
