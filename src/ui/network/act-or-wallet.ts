import type { LitElement } from "lit";
import type { Action } from "../action.ts";

/** As `Action.run`; where it fails for want of a wallet, the host fires `open-wallet` for its page. */
export async function actOrOpenWallet(
  host: LitElement,
  action: Action,
  task: () => Promise<unknown>,
): Promise<boolean> {
  const isDone = await action.run(task);
  if (action.error?.code === "wallet-needed") {
    host.dispatchEvent(new CustomEvent("open-wallet", { bubbles: true, composed: true }));
  }
  return isDone;
}
