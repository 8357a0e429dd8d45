import { failure } from "../../core/errors.ts";
import type { Address } from "../../core/primitives.ts";
import type { Wallet } from "../../ports/chain.ts";
import { parleyTokenAbi } from "../abi/parley-token.ts";
import { toChainError } from "../errors.ts";
import { type ChainNetwork, createReadClient, type ReadClient } from "../network.ts";
import { anchorCall, approveStakeCall, claimCall, type StakeRequest, stakeCall } from "./calls.ts";
import { discoverWallets } from "./discovery.ts";
import { openSession, type WalletSession } from "./session.ts";
import { signText } from "./sign-text.ts";
import { type OnUpdate, sendCall } from "./transactions.ts";

/**
 * Writes through the wallets that announce themselves on `target` (the window, EIP-6963).
 * Errors besides the port's: wallet-needed (none connected), wallet-not-found, transaction-pending, wallet-failed.
 */
export function createWallet(network: ChainNetwork, target: EventTarget): Wallet {
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
    stake: async (request, onUpdate) => stake(connected(), client, network, request, onUpdate),
    anchor: async (certificate, onUpdate) =>
      sendCall(connected(), client, anchorCall(network.chain, certificate), onUpdate),
    claim: async (request, onUpdate) =>
      sendCall(connected(), client, claimCall(network.chain, request), onUpdate),
    signText: async (text) => signText(connected(), text),
  };
}

/** Approves exactly what is missing of the allowance, then stakes: one transaction or two. */
async function stake(
  session: WalletSession,
  client: ReadClient,
  { chain }: ChainNetwork,
  request: StakeRequest,
  onUpdate?: OnUpdate,
) {
  const owner = session.account();
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
    await sendCall(session, client, approveStakeCall(chain, request.amountWei), (update) => {
      // Confirmed is told once, of the stake itself.
      if (update.state !== "confirmed") onUpdate?.(update);
    });
  }
  return sendCall(session, client, stakeCall(chain, request), onUpdate);
}
