import { aggregateEpoch } from "../../src/core/epoch/aggregate-epoch.ts";
import type { Bodies } from "../../src/core/messages/kinds.ts";
import type { Message } from "../../src/core/messages/message.ts";
import type { Adversary, AdversaryView } from "./adversary.ts";
import { isOfGang, measureVersion, note } from "./support.ts";

/** When it leads, it leaves out what others submitted, and everything else in its set is right. */
export function censoringLeader(): Adversary {
  return {
    says: {
      "message-set": (body, view) => {
        const kept = view
          .held(body.epoch, "submission")
          .filter(({ cid, envelope }) => body.messages.includes(cid) && isOfGang(view, envelope.author));
        const keptCids = new Set(kept.map(({ cid }) => cid));
        const left = body.messages.filter((cid) => !isAboutOthers(view, body.epoch, cid, keptCids));
        if (left.length === body.messages.length) return body;
        note(view, "censored");
        return censored(body, left, view);
      },
    },
  };
}

function isAboutOthers(view: AdversaryView, epoch: number, cid: string, kept: ReadonlySet<string>): boolean {
  if (view.held(epoch, "submission").some((message) => message.cid === cid)) return !kept.has(cid);
  return view
    .held(epoch, "attestation")
    .some((message) => message.cid === cid && !kept.has(message.envelope.body.submission));
}

function censored(
  body: Bodies["message-set"],
  left: readonly string[],
  view: AdversaryView,
): Bodies["message-set"] {
  const wanted = new Set(left);
  const messages: Message[] = [
    ...view.held(body.epoch, "commit"),
    ...view.held(body.epoch, "submission"),
    ...view.held(body.epoch, "attestation"),
  ].filter(({ cid }) => wanted.has(cid));
  const bundles = messages.flatMap((message) => {
    if (message.kind !== "submission") return [];
    const { deltaCid } = message.envelope.body;
    const bytes = view.artifact(deltaCid);
    return bytes === undefined ? [] : [[deltaCid, bytes] as const];
  });
  const version = view.artifact(view.state().modelVersion);
  const artifacts = new Map(
    version === undefined ? bundles : [...bundles, [view.state().modelVersion, version]],
  );
  const { adapter } = aggregateEpoch(view.genesis, view.state(), {
    epoch: body.epoch,
    registry: body.registry,
    messages,
    artifacts,
  });
  return {
    ...body,
    messages: left,
    aggregateMetrics: adapter === null ? null : measureVersion(view, adapter),
  };
}
