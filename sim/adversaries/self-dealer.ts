import { signReceipt } from "../../src/core/messages/receipt/schema.ts";
import type { Adversary, AdversaryView } from "./adversary.ts";
import { madeUp, note } from "./support.ts";

const TOKENS = 1_000;
const ANSWERS = 20;
/** 0.01 tokens: enough for the pay that a fee can bring. */
export const SELF_FEE_WEI = 10n ** 16n;

/** Two nodes of one person: each is paid for answers to the other that nobody asked for and nobody gave. */
export function selfDealer(index: number): Adversary {
  return {
    onPhase: ({ epoch, phase }, view) => {
      const partner = view.gang[index ^ 1];
      if (partner === undefined) return;
      if (phase === "commit") sign(view, epoch, partner);
      if (phase === "reveal") hand(view, epoch, partner);
    },
  };
}

/** The requester's half: terms and signatures for the partner to send, left on the gang's board. */
function sign(view: AdversaryView, epoch: number, provider: string): void {
  const requests = Array.from({ length: ANSWERS }, (_, i) => {
    const terms = termsOf(view, epoch, i, view.identity.nodeId);
    return signReceipt(view.identity.secretKey, provider, terms);
  });
  view.board.set(`signed ${epoch} ${view.identity.nodeId} ${provider}`, requests.join(" "));
}

function hand(view: AdversaryView, epoch: number, requester: string): void {
  const signatures = view.board.get(`signed ${epoch} ${requester} ${view.identity.nodeId}`)?.split(" ") ?? [];
  for (const [i, requesterSignature] of signatures.entries()) {
    view.send(view.sign("receipt", { ...termsOf(view, epoch, i, requester), requesterSignature }));
    note(view, "traded a receipt");
  }
}

function termsOf(view: AdversaryView, epoch: number, number: number, requester: string) {
  return {
    epoch,
    request: madeUp("request", requester, `${epoch}`, `${number}`),
    requester,
    modelVersion: view.state().modelVersion,
    tokensIn: TOKENS,
    tokensOut: TOKENS,
    flops: 2 * TOKENS * view.state().parameters.flopsPerToken,
    outputDigest: madeUp("output", requester, `${epoch}`, `${number}`),
    feeWei: SELF_FEE_WEI,
  };
}
