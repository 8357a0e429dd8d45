import { failure } from "../../core/errors.ts";
import type { Address } from "../../core/primitives.ts";
import type { ResendingWallet } from "../../ports/chain.ts";
import { parleyTokenAbi } from "../abi/parley-token.ts";
import { toChainError } from "../errors.ts";
import { type ChainNetwork, createReadClient } from "../network.ts";
import { anchorCall, approveStakeCall, claimCall, type StakeRequest, stakeCall } from "./calls.ts";
import { discoverWallets } from "./discovery.ts";
import { resend } from "./resend.ts";
import { openSession, type WalletSession } from "./session.ts";
import { signText } from "./sign-text.ts";
import { type OnUpdate, type Sending, sendCall } from "./transactions.ts";

/**
 * Writes through the wallets that announce themselves on `target` (the window, EIP-6963).
 * Errors besides the port's: wallet-needed (none connected), wallet-not-found, transaction-pending, wallet-failed.
 */
export function createWallet(network: ChainNetwork, target: EventTarget): ResendingWallet {
  const client = createReadClient(network);
  const walletListeners = new Set<() => void>();
  const accountListeners = new Set<(account: Address | undefined) => void>();
  const discovery = discoverWallets(target, () => {
    for (const listener of walletListeners) listener();
  });
  let session: WalletSession | undefined;

  const tell = (account: Address | undefined) => {
    for (const listener of accountListeners) listener(account);
  };
  const end = () => {
    session?.close();
    session = undefined;
  };
  const connected = (): WalletSession => {
    if (session === undefined) throw failure("wallet-needed", "Connect a wallet first");
    return session;
  };
  const sending = (onUpdate: OnUpdate | undefined): Sending => {
    const current = connected();
    return { session: current, client, account: current.account(), onUpdate };
  };

  return {
    discover(listener) {
      const announce = () => listener(discovery.all().map((wallet) => wallet.info));
      walletListeners.add(announce);
      announce();
      return () => walletListeners.delete(announce);
    },
    async connect(walletId) {
      const wallet = discovery.get(walletId);
      if (wallet === undefined) throw failure("wallet-not-found", "This wallet is not on the page", walletId);
      const opened = await openSession(wallet, network, (account) => {
        if (account === undefined) end();
        tell(account);
      });
      end();
      session = opened;
      tell(opened.account());
      return opened.account();
    },
    disconnect() {
      end();
      tell(undefined);
    },
    account: () => session?.account(),
    onAccount(listener) {
      accountListeners.add(listener);
      return () => accountListeners.delete(listener);
    },
    stake: async (request, onUpdate) => stake(sending(onUpdate), network, request),
    anchor: async (certificate, onUpdate) =>
      sendCall(sending(onUpdate), anchorCall(network.chain, certificate)),
    claim: async (request, onUpdate) => sendCall(sending(onUpdate), claimCall(network.chain, request)),
    resend: async (request) => resend(connected(), client, request),
    signText: async (text) => signText(connected(), text),
  };
}

/** Approves exactly what is missing of the allowance, then stakes: one transaction or two. */
async function stake(sending: Sending, { chain }: ChainNetwork, request: StakeRequest) {
  const { client, account: owner, onUpdate } = sending;
  const token = { address: chain.token, abi: parleyTokenAbi } as const;
  const [balanceWei, allowanceWei] = await Promise.all([
    client.readContract({ ...token, functionName: "balanceOf", args: [owner] }),
    client.readContract({ ...token, functionName: "allowance", args: [owner, chain.staking] }),
  ]).catch((thrown: unknown) => {
    throw toChainError(thrown);
  });
  if (balanceWei < request.amountWei) {
    const [expected, received] = [`${request.amountWei} wei`, `${balanceWei} wei`];
    throw failure("insufficient-funds", "The account holds too few tokens to stake", expected, received);
  }
  if (allowanceWei < request.amountWei) {
    // Confirmed is told once, of the stake itself.
    const told: OnUpdate = (update) => update.state !== "confirmed" && onUpdate?.(update);
    await sendCall({ ...sending, onUpdate: told }, approveStakeCall(chain, request.amountWei));
  }
  return sendCall(sending, stakeCall(chain, request));
}
