/** EIP-712 over OperatorBinding, as the Staking contract checks it: an operator says which node it serves, for which account. */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bigEndian, concatBytes, hexToBytes, utf8ToBytes } from "./bytes.ts";
import { typedDigest } from "./epoch/root.ts";
import type { GenesisChain } from "./genesis.ts";
import type { Address, Hash, NodeId } from "./primitives.ts";

export interface OperatorBinding {
  readonly nodeId: NodeId;
  /** The wallet that stakes. */
  readonly account: Address;
  readonly operator: Address;
}

const TYPE_HASH = keccak_256(utf8ToBytes("OperatorBinding(bytes32 nodeId,address account,address operator)"));

/** Digest that an operator signs to serve a node. */
export function operatorBindingDigest(
  chain: Pick<GenesisChain, "chainId" | "staking">,
  { nodeId, account, operator }: OperatorBinding,
): Hash {
  const struct = keccak_256(
    concatBytes(
      TYPE_HASH,
      hexToBytes(nodeId),
      bigEndian(BigInt(account), 32),
      bigEndian(BigInt(operator), 32),
    ),
  );
  return typedDigest(chain.chainId, chain.staking, struct);
}
