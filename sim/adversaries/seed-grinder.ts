import { decodeBundle, encodeBundle } from "../../src/core/artifacts/bundle.ts";
import { stateRoot } from "../../src/core/artifacts/state.ts";
import { cidOf } from "../../src/core/codec/dag-cbor.ts";
import { committeeOf } from "../../src/core/epoch/committee.ts";
import { epochContext } from "../../src/core/epoch/context.ts";
import { leadersOf } from "../../src/core/epoch/leader.ts";
import { transition } from "../../src/core/epoch/transition.ts";
import type { Bodies } from "../../src/core/messages/kinds.ts";
import type { Message } from "../../src/core/messages/message.ts";
import type { Adversary, AdversaryView } from "./adversary.ts";
import { selfDealer } from "./self-dealer.ts";
import { contextOf, isOfGang, note } from "./support.ts";

const TRIES = 12;
/** Own receipts that it may leave out when it leads: 2^3 roots to choose from. */
const OPTIONAL = 3;

/**
 * Tries bundles that differ in nothing but their bytes until it likes who would check them; and when it leads, tries which of its
 * own optional messages to leave out until it likes who would lead and check in the next epoch.
 */
export function seedGrinder(index: number): Adversary {
  const dealer = selfDealer(index);
  return {
    ...dealer,
    trains: () => true,
    onBundle: (own, view) => {
      const epoch = view.state().epoch + 1;
      const tries = Array.from({ length: TRIES }, (_, i) => variant(own, i, view));
      const friends = tries.map((bytes) => friendsInCommittee(bytes, epoch, view));
      note(view, "tried bundles");
      if (new Set(friends).size > 1) note(view, "moved a committee");
      return tries[friends.indexOf(Math.max(...friends))];
    },
    says: {
      "message-set": (body, view) => {
        const tries = subsets(body, view).map((set) => ({ set, gain: gainOf(set, view) }));
        const best = tries.sort((a, b) => b.gain - a.gain)[0];
        note(view, "tried sets");
        if (best === undefined || best.set === body) return body;
        note(view, "steered");
        return best.set;
      },
    },
  };
}

/** The same delta and metrics under another CID: the record names another seed. */
function variant(own: Uint8Array, seed: number, view: AdversaryView): Uint8Array {
  const bundle = decodeBundle(view.genesis, own);
  return encodeBundle(view.genesis, { ...bundle, training: { ...bundle.training, seed } });
}

function friendsInCommittee(bytes: Uint8Array, epoch: number, view: AdversaryView): number {
  const bundle = decodeBundle(view.genesis, bytes);
  const submission = view.sign(
    "submission",
    {
      epoch,
      baseModelVersion: view.state().modelVersion,
      deltaCid: cidOf(bytes),
      deltaType: bundle.delta.type,
      reportedMetrics: bundle.evaluation,
      confidencePpm: 500_000,
      salt: "00".repeat(32),
      stakeWei: 0n,
      proof: null,
    },
    view.nextPlace(),
  );
  return committeeOf(contextOf(view, epoch), submission).filter((nodeId) => isOfGang(view, nodeId)).length;
}

/** The set as an honest leader would propose it, and those without some of its own receipts. */
function subsets(body: Bodies["message-set"], view: AdversaryView): Bodies["message-set"][] {
  const own = view
    .held(body.epoch, "receipt")
    .filter(({ cid, envelope }) => envelope.author === view.identity.nodeId && body.messages.includes(cid))
    .slice(0, OPTIONAL);
  return Array.from({ length: 2 ** own.length }, (_, mask) => {
    const left = new Set(own.filter((_receipt, i) => (mask >> i) % 2 === 1).map(({ cid }) => cid));
    return mask === 0 ? body : { ...body, messages: body.messages.filter((cid) => !left.has(cid)) };
  });
}

/** How early a friend would lead the next epoch, as far as it can be known: the chain's next block is a guess. */
function gainOf(body: Bodies["message-set"], view: AdversaryView): number {
  const messageSet = view.sign("message-set", body, view.nextPlace());
  const wanted = new Set(body.messages);
  const messages = heldOf(view, body.epoch).filter(({ cid }) => wanted.has(cid));
  const artifacts = new Map<string, Uint8Array>();
  const bundles = messages.flatMap((message) =>
    message.kind === "submission" ? [message.envelope.body.deltaCid] : [],
  );
  for (const cid of [view.state().modelVersion, ...bundles]) {
    const bytes = view.artifact(cid);
    if (bytes !== undefined) artifacts.set(cid, bytes);
  }
  try {
    const { state } = transition(view.genesis, view.state(), { messageSet, messages, artifacts });
    const next = leadersOf(epochContext(view.genesis, state, body.registry, body.epoch + 1));
    view.board.set(`hoped ${stateRoot(state)}`, next[0] ?? "");
    return -next.findIndex((nodeId) => isOfGang(view, nodeId));
  } catch {
    return Number.NEGATIVE_INFINITY;
  }
}

function heldOf(view: AdversaryView, epoch: number): Message[] {
  return [
    ...view.held(epoch, "commit"),
    ...view.held(epoch, "submission"),
    ...view.held(epoch, "attestation"),
    ...view.held(epoch, "receipt"),
    ...view.held(epoch, "dispute"),
    ...view.held(epoch, "ruling"),
  ];
}
