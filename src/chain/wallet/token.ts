import { failure } from "../../core/errors.ts";
import type { GenesisChain } from "../../core/genesis.ts";
import type { Address } from "../../core/primitives.ts";
import { parleyTokenAbi } from "../abi/parley-token.ts";
import { toChainError } from "../errors.ts";
import type { ReadClient } from "../network.ts";
import { approveCall } from "./calls.ts";
import type { WalletSession } from "./session.ts";
import { beforeTheEnd, type OnUpdate, sendCall } from "./transactions.ts";

interface Approval {
  readonly session: WalletSession;
  readonly client: ReadClient;
  readonly chain: GenesisChain;
  readonly onUpdate: OnUpdate | undefined;
}

/** Asks for exactly this allowance when there is less. Errors: insufficient-funds, and those of the Wallet port. */
export async function approveMissing(
  { session, client, chain, onUpdate }: Approval,
  spender: Address,
  amountWei: bigint,
): Promise<void> {
  const owner = session.account();
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
  await sendCall(session, client, approveCall(chain, spender, amountWei), beforeTheEnd(onUpdate));
}
