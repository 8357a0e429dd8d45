import type { TransactionUpdate, Wallet } from "../../ports/chain.ts";
import type { DisputeStep } from "../../ports/chain-disputes.ts";

const DISPUTE_STEPS: Readonly<Record<DisputeStep["step"], string>> = {
  open: "Dispute",
  draw: "Draw the jury",
  rule: "Deliver the ruling",
  close: "Close the dispute",
  collect: "Collect a juror's pay",
  report: "Report evidence",
};

/** Runs one write of a wallet. `what`: its name for a person. */
type Track = <T>(
  what: string,
  send: (onUpdate: (update: TransactionUpdate) => void) => Promise<T>,
) => Promise<T>;

/** The wallet, with every write run by `track`. */
export function trackedWallet(wallet: Wallet, track: Track): Wallet {
  return {
    discover: (listener) => wallet.discover(listener),
    connect: (walletId) => wallet.connect(walletId),
    disconnect: () => wallet.disconnect(),
    account: () => wallet.account(),
    onAccount: (listener) => wallet.onAccount(listener),
    stake: (request) => track("Stake", (onUpdate) => wallet.stake(request, onUpdate)),
    unstake: (request) => track("Take stake back", (onUpdate) => wallet.unstake(request, onUpdate)),
    delegate: (request) => track("Delegate", (onUpdate) => wallet.delegate(request, onUpdate)),
    undelegate: (request) =>
      track("Take a delegation back", (onUpdate) => wallet.undelegate(request, onUpdate)),
    lock: (request) => track("Lock", (onUpdate) => wallet.lock(request, onUpdate)),
    withdraw: () => track("Withdraw", (onUpdate) => wallet.withdraw(onUpdate)),
    anchor: (certificate) =>
      track(`Anchor epoch ${certificate.root.epoch}`, (onUpdate) => wallet.anchor(certificate, onUpdate)),
    anchorMany: (certificates) =>
      track(`Anchor ${certificates.length} epochs`, (onUpdate) => wallet.anchorMany(certificates, onUpdate)),
    collectAnchorRewards: (anchored) =>
      track("Collect rewards", (onUpdate) => wallet.collectAnchorRewards(anchored, onUpdate)),
    claim: (request) => track("Claim", (onUpdate) => wallet.claim(request, onUpdate)),
    dispute: (step) => track(DISPUTE_STEPS[step.step], (onUpdate) => wallet.dispute(step, onUpdate)),
    signText: (text) =>
      track("Signature", (onUpdate) => {
        onUpdate({ state: "asking" });
        return wallet.signText(text);
      }),
  };
}
