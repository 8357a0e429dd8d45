import { failure } from "../../core/errors.ts";
import type { Address } from "../../core/primitives.ts";
import type { Certificate, ResendingWallet, StakeRequest } from "../../ports/chain.ts";
import type { DelegateRequest } from "../../ports/chain-staking.ts";
import { epochAnchorAbi } from "../abi/epoch-anchor.ts";
import { toChainError } from "../errors.ts";
import { type ChainNetwork, createReadClient, type ReadClient } from "../network.ts";
import {
  anchorCall,
  anchorManyCall,
  claimCall,
  collectAnchorRewardsCall,
  depositBondCall,
  stakeCall,
  unstakeCall,
  withdrawCall,
} from "./calls.ts";
import { discoverWallets } from "./discovery.ts";
import { sendDisputeStep } from "./dispute-calls.ts";
import { withFewestSignatures } from "./fewest-signatures.ts";
import { resend } from "./resend.ts";
import { openSession, type WalletSession } from "./session.ts";
import { signText } from "./sign-text.ts";
import { delegateCall, lockCall, undelegateCall } from "./staking-calls.ts";
import { approveMissing } from "./token.ts";
import { beforeTheEnd, type OnUpdate, type Sending, sendCall } from "./transactions.ts";

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
    const { chain: contracts, waits } = network;
    return { session: current, client, contracts, account: current.account(), onUpdate, waits };
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
    unstake: async (request, onUpdate) => sendCall(sending(onUpdate), unstakeCall(network.chain, request)),
    delegate: async (request, onUpdate) => delegate(sending(onUpdate), network, request),
    undelegate: async (request, onUpdate) =>
      sendCall(sending(onUpdate), undelegateCall(network.chain, request)),
    lock: async (request, onUpdate) => sendCall(sending(onUpdate), lockCall(network.chain, request)),
    withdraw: async (onUpdate) => sendCall(sending(onUpdate), withdrawCall(network.chain)),
    anchor: async (certificate, onUpdate) => anchor(sending(onUpdate), network, [certificate]),
    anchorMany: async (certificates, onUpdate) => anchor(sending(onUpdate), network, certificates),
    collectAnchorRewards: async (anchored, onUpdate) =>
      sendCall(sending(onUpdate), collectAnchorRewardsCall(network.chain, anchored)),
    claim: async (request, onUpdate) => sendCall(sending(onUpdate), claimCall(network.chain, request)),
    dispute: async (step, onUpdate) => sendDisputeStep(sending(onUpdate), network.chain, step),
    resend: async (request) => resend(connected(), client, request),
    signText: async (text) => signText(connected(), text),
  };
}

/** Approves exactly what is missing of the allowance, then stakes: one transaction or two. */
async function stake(sending: Sending, { chain }: ChainNetwork, request: StakeRequest) {
  await approveMissing(sending, chain, chain.staking, request.amountWei);
  return sendCall(sending, stakeCall(chain, request));
}

/** Approves what is missing, then delegates: one transaction or two. */
async function delegate(sending: Sending, { chain }: ChainNetwork, request: DelegateRequest) {
  await approveMissing(sending, chain, chain.staking, request.amountWei);
  return sendCall(sending, delegateCall(chain, request));
}

/**
 * Where roots need a bond and the account has too little of one, it is put down first; one stands for all roots. Of each
 * certificate no more signatures go than the contract asks for: the sender pays for each, and nodes keep them all.
 */
async function anchor(sending: Sending, { chain }: ChainNetwork, certificates: readonly Certificate[]) {
  const { client, account, onUpdate } = sending;
  const missingWei = await missingBondWei(client, chain.epochAnchor, account);
  if (missingWei > 0n) {
    await approveMissing(sending, chain, chain.epochAnchor, missingWei);
    const told = { ...sending, onUpdate: beforeTheEnd(onUpdate) };
    await sendCall(told, depositBondCall(chain, missingWei));
  }
  const sent = await withFewestSignatures(client, chain, certificates);
  const [first] = sent;
  const isOne = first !== undefined && sent.length === 1;
  return sendCall(sending, isOne ? anchorCall(chain, first) : anchorManyCall(chain, sent));
}

async function missingBondWei(client: ReadClient, epochAnchor: Address, account: Address): Promise<bigint> {
  const contract = { address: epochAnchor, abi: epochAnchorAbi } as const;
  const [requiredWei, [depositedWei]] = await Promise.all([
    client.readContract({ ...contract, functionName: "bondWei" }),
    client.readContract({ ...contract, functionName: "bondOf", args: [account] }),
  ]).catch((thrown: unknown) => {
    throw toChainError(thrown);
  });
  return requiredWei > depositedWei ? requiredWei - depositedWei : 0n;
}
