import { utf8ToBytes } from "../../src/core/bytes.ts";
import { cidOf } from "../../src/core/codec/dag-cbor.ts";
import type { Bodies, Kind } from "../../src/core/messages/kinds.ts";
import { signReceipt } from "../../src/core/messages/receipt/schema.ts";
import type { Adversary, AdversaryView, Moment } from "./adversary.ts";
import { madeUp, note } from "./support.ts";

/** Of each kind, each phase. */
const PIECES = 4;
const SALT = "00".repeat(32);

/** Floods the network with small messages that are well formed and signed, and have no place in any epoch. */
export function dustSpammer(): Adversary {
  return {
    // Its own commit would count; it is here to be in the way.
    trains: () => false,
    onPhase: (moment, view) => {
      for (let piece = 0; piece < PIECES; piece++)
        spam(moment, view, `${moment.epoch} ${moment.phase} ${piece}`);
    },
  };
}

function spam({ epoch, phase }: Moment, view: AdversaryView, name: string): void {
  const nothing = cidOf(utf8ToBytes(`nothing ${name}`));
  const say = <K extends Kind>(kind: K, body: Bodies[K]): void => {
    view.send(view.sign(kind, body));
    note(view, "dust");
  };
  say("ballot", { proposal: nothing, choice: "for" });
  say("ruling", { epoch, dispute: nothing, ruling: "overturn", metrics: null, workDigest: null });
  say("dispute", {
    epoch,
    submission: nothing,
    deltaCid: nothing,
    metrics: null,
    workDigest: null,
    bondWei: 0n,
  });
  const terms = {
    epoch,
    request: madeUp("request", name),
    requester: view.identity.nodeId,
    modelVersion: nothing,
    tokensIn: 1,
    tokensOut: 1,
    flops: 1,
    outputDigest: madeUp("output", name),
    feeWei: 0n,
  };
  const requesterSignature = signReceipt(view.identity.secretKey, view.identity.nodeId, terms);
  say("receipt", { ...terms, requesterSignature });
  if (phase === "commit") say("commit", { epoch, commitment: madeUp("commitment", name), bondWei: 0n });
  if (phase === "commit") say("held-out-commit", { epoch, commitment: madeUp("tasks", name) });
  if (phase === "verify") say("held-out-reveal", { epoch, tasks: nothing, salt: SALT });
  if (phase === "reveal" || phase === "verify") {
    say("attestation", {
      epoch,
      submission: nothing,
      deltaCid: nothing,
      pass: false,
      reason: "bundle-unavailable",
      metrics: null,
      workDigest: null,
      checks: [],
      heldOut: null,
      environmentCid: view.genesis.model.environmentCid,
    });
  }
}
