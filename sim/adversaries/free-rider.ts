import type { Bodies } from "../../src/core/messages/kinds.ts";
import type { TypedMessage } from "../../src/core/messages/message.ts";
import type { Adversary } from "./adversary.ts";
import { deltaOf, emptyDelta, isOfGang, note } from "./support.ts";

type Submission = TypedMessage<"submission">;

/** Trains nothing, commits to an empty delta, and reveals as its own what somebody else has just revealed. */
export function freeRider(): Adversary {
  let waiting: Bodies["submission"] | undefined;
  const stolen = (own: Bodies["submission"], { envelope }: Submission): Bodies["submission"] => ({
    ...own,
    deltaCid: envelope.body.deltaCid,
    deltaType: envelope.body.deltaType,
    reportedMetrics: envelope.body.reportedMetrics,
  });
  return {
    trains: () => true,
    onTrain: (_, view) => emptyDelta(view),
    says: {
      submission: (body, view) => {
        const victim = view
          .held(body.epoch, "submission")
          .find(({ envelope }) => !isOfGang(view, envelope.author));
        if (victim !== undefined) {
          note(view, "copied");
          return stolen(body, victim);
        }
        waiting = body;
        return null;
      },
    },
    onMessage: (message, view) => {
      if (message.kind !== "submission" || message.envelope.body.epoch !== waiting?.epoch) return;
      if (isOfGang(view, message.envelope.author)) return;
      const body = stolen(waiting, message);
      waiting = undefined;
      note(view, "copied");
      view.send(view.sign("submission", body));
    },
  };
}

/** Trains nothing, and submits the best delta of the last epoch again, measured honestly on the new version. */
export function freeRiderNextEpoch(): Adversary {
  return {
    trains: () => true,
    onTrain: (_, view) => {
      const [best] = view
        .held(view.state().epoch, "submission")
        .filter(({ envelope }) => !isOfGang(view, envelope.author))
        .sort(
          (a, b) => b.envelope.body.reportedMetrics.utilityPpm - a.envelope.body.reportedMetrics.utilityPpm,
        );
      const delta = best === undefined ? undefined : deltaOf(view, best);
      if (delta === undefined) return emptyDelta(view);
      note(view, "copied");
      return delta;
    },
  };
}
