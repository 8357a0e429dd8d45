import { bytesToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { failure } from "../core/errors.ts";
import type { GenesisChain } from "../core/genesis.ts";
import type { Operator } from "../ports/chain.ts";
import { epochRootTypedData } from "./epoch-root.ts";
import { lowerCase, without0x } from "./hex.ts";
import { juryRulingTypedData } from "./jury-ruling.ts";
import { operatorBindingTypedData } from "./operator-binding.ts";

const SECRET_KEY_BYTES = 32;

/**
 * Operator key of this node. Signatures are deterministic (RFC 6979), 65 bytes r ‖ s ‖ v with v 27 or 28.
 * Errors: operator-key (not 32 bytes, or zero or above the order of secp256k1).
 */
export function createOperator(secretKey: Uint8Array, chain: GenesisChain): Operator {
  const account = accountOf(secretKey);
  const address = lowerCase(account.address);
  return {
    address,
    signBinding: async (binding) =>
      without0x(
        await account.signTypedData(operatorBindingTypedData(chain, { ...binding, operator: address })),
      ),
    signRuling: async (ruling) => without0x(await account.signTypedData(juryRulingTypedData(chain, ruling))),
    sign: async (root) => without0x(await account.signTypedData(epochRootTypedData(chain, root))),
  };
}

function accountOf(secretKey: Uint8Array) {
  if (secretKey.length !== SECRET_KEY_BYTES) {
    throw failure(
      "operator-key",
      "Not an operator key",
      `${SECRET_KEY_BYTES} bytes`,
      `${secretKey.length} bytes`,
    );
  }
  try {
    return privateKeyToAccount(bytesToHex(secretKey));
  } catch {
    throw failure("operator-key", "Not an operator key", "a scalar below the order of secp256k1");
  }
}
