import { failure } from "../../core/errors.ts";
import type { GenesisChain } from "../../core/genesis.ts";
import type { Address } from "../../core/primitives.ts";
import { parleyTokenAbi } from "../abi/parley-token.ts";
import { toChainError } from "../errors.ts";
import { approveCall } from "./calls.ts";
import { beforeTheEnd, type Sending, sendCall } from "./transactions.ts";

/** Asks for exactly this allowance when there is less. Errors: insufficient-funds, and those of the Wallet port. */
export async function approveMissing(
  sending: Sending,
  chain: GenesisChain,
  spender: Address,
  amountWei: bigint,
): Promise<void> {
  const { client, account: owner, onUpdate } = sending;
  const token = { address: chain.token, abi: parleyTokenAbi } as const;
  const [balanceWei, allowanceWei] = await Promise.all([
    client.readContract({ ...token, functionName: "balanceOf", args: [owner] }),
    client.readContract({ ...token, functionName: "allowance", args: [owner, spender] }),
  ]).catch((thrown: unknown) => {
    throw toChainError(thrown);
  });
  if (balanceWei < amountWei) {
    const [expected, received] = [`${amountWei} wei`, `${balanceWei} wei`];
    throw failure("insufficient-funds", "The account holds too few tokens", expected, received);
  }
  if (allowanceWei >= amountWei) return;
  await sendCall({ ...sending, onUpdate: beforeTheEnd(onUpdate) }, approveCall(chain, spender, amountWei));
}
