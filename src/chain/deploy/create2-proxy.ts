import { failure } from "../../core/errors.ts";
import type { ReadClient } from "../network.ts";

/**
 * The deterministic deployment proxy, https://github.com/Arachnid/deterministic-deployment-proxy: takes 32 bytes of salt
 * and creation code, and runs CREATE2. On nearly every public chain, and on anvil.
 */
export const CREATE2_PROXY = "0x4e59b44847b379578588920ca78fbf26c0b4956c";

/** Who seems to have sent the transaction below: nobody has a key of this account, its signature was made up. */
export const CREATE2_PROXY_SENDER = "0x3fab184622dc19b6109349b94811493bf2a45362";

/** Puts the proxy at its address, once the sender holds the fee: 100,000 gas at 100 gwei. */
export const CREATE2_PROXY_TRANSACTION =
  "0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222";

/** What that transaction leaves at the address: for a chain that begins with it. */
export const CREATE2_PROXY_CODE =
  "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3";

/** Errors: proxy-missing, with what puts it there; chain-unreachable as viem has it. */
export async function requireProxy(client: ReadClient): Promise<void> {
  if ((await client.getCode({ address: CREATE2_PROXY })) !== undefined) return;
  throw failure(
    "proxy-missing",
    `The deterministic deployment proxy is not on this chain. Send 0.01 ether to ${CREATE2_PROXY_SENDER}, then publish the transaction ${CREATE2_PROXY_TRANSACTION} with eth_sendRawTransaction (chains that refuse transactions without a chain id cannot have it)`,
    `code at ${CREATE2_PROXY}`,
    "none",
  );
}
