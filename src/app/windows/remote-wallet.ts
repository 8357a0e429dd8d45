import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Address, Hash } from "../../core/primitives.ts";
import type { AnchoredRoot } from "../../ports/anchor-rewards.ts";
import type { TransactionUpdate, Wallet } from "../../ports/chain.ts";
import type { TabId } from "../../ports/tabs.ts";
import type { TabCalls } from "./tab-calls.ts";

const hex = z.custom<`0x${string}`>(
  (value) => typeof value === "string" && /^0x[0-9a-fA-F]{1,128}$/.test(value),
);
const hash: z.ZodType<Hash> = z.string().regex(/^(0x)?[0-9a-fA-F]{1,128}$/);
const address = hex;
const wei = z.bigint().min(0n);
const count = z.int().min(0);

const update: z.ZodType<TransactionUpdate> = z.discriminatedUnion("state", [
  // What is asked stays in the tab that asks.
  z.object({ state: z.literal("asking") }),
  z.strictObject({ state: z.literal("sent"), transaction: hash }),
  z.strictObject({ state: z.literal("confirmed"), transaction: hash, blockNumber: count }),
]);

const account = z.custom<Address | undefined>(
  (value) => value === undefined || address.safeParse(value).success,
);

const stakeRequest = z.strictObject({
  nodeId: z.string(),
  operator: address,
  amountWei: wei,
  operatorProof: z.string().regex(/^[0-9a-f]{130}$/),
});
const claimRequest = z.strictObject({
  epoch: count,
  account: address,
  cumulativeWei: wei,
  proof: z.array(hash),
});
const certificate = z.custom<Parameters<Wallet["anchor"]>[0]>(
  (value) => typeof value === "object" && value !== null && "root" in value && "signatures" in value,
);

const anchoredRoot = z.custom<AnchoredRoot>(
  (value) => typeof value === "object" && value !== null && "root" in value && "sender" in value,
);

const disputeStep = z.custom<Parameters<Wallet["dispute"]>[0]>(
  (value) => typeof value === "object" && value !== null && "step" in value,
);

/**
 * The wallet of the tab that asked for something, seen from the tab that runs the node: it opens where its user looks.
 * Wallets are chosen and connected in their own tab only.
 */
export async function remoteWallet(calls: TabCalls, tab: TabId): Promise<Wallet> {
  const current = account.parse(await calls.call(tab, "wallet.account", []));
  const send = async (method: string, request: unknown, onUpdate?: (update: TransactionUpdate) => void) =>
    hash.parse(
      await calls.call(tab, method, [request], (event) => {
        const told = update.safeParse(event);
        if (told.success) onUpdate?.(told.data);
      }),
    );
  return {
    discover: () => () => undefined,
    connect: () => Promise.reject(elsewhere()),
    disconnect: () => undefined,
    account: () => current,
    onAccount: () => () => undefined,
    stake: (request, onUpdate) => send("wallet.stake", request, onUpdate),
    anchor: (signed, onUpdate) => send("wallet.anchor", signed, onUpdate),
    anchorMany: (signed, onUpdate) => send("wallet.anchorMany", signed, onUpdate),
    collectAnchorRewards: (roots, onUpdate) => send("wallet.collectAnchorRewards", roots, onUpdate),
    claim: (request, onUpdate) => send("wallet.claim", request, onUpdate),
    dispute: (step, onUpdate) => send("wallet.dispute", step, onUpdate),
    // The node never asks for these: what a person does with stakes, and a link of wallet and node, is of the wallet's own tab.
    unstake: () => Promise.reject(elsewhere()),
    delegate: () => Promise.reject(elsewhere()),
    undelegate: () => Promise.reject(elsewhere()),
    lock: () => Promise.reject(elsewhere()),
    withdraw: () => Promise.reject(elsewhere()),
    signText: () => Promise.reject(elsewhere()),
  };
}

/** Lends this tab's wallet to the node in another tab, for what this tab asks of it; returns stop. */
export function lendWallet(calls: TabCalls, wallet: Wallet): () => void {
  const stops = [
    calls.serve("wallet.account", async () => wallet.account()),
    calls.serve("wallet.stake", ([request], { emit }) => wallet.stake(stakeRequest.parse(request), emit)),
    calls.serve("wallet.anchor", ([signed], { emit }) => wallet.anchor(certificate.parse(signed), emit)),
    calls.serve("wallet.anchorMany", ([signed], { emit }) =>
      wallet.anchorMany(z.array(certificate).max(LIMITS.anchoredAtOnce).parse(signed), emit),
    ),
    calls.serve("wallet.collectAnchorRewards", ([roots], { emit }) =>
      wallet.collectAnchorRewards(z.array(anchoredRoot).max(LIMITS.anchoredAtOnce).parse(roots), emit),
    ),
    calls.serve("wallet.claim", ([request], { emit }) => wallet.claim(claimRequest.parse(request), emit)),
    calls.serve("wallet.dispute", ([step], { emit }) => wallet.dispute(disputeStep.parse(step), emit)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

const elsewhere = () => failure("wallet-elsewhere", "A wallet is connected in its own tab.");
