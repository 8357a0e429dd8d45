import type { Adversary } from "./adversary.ts";
import { madeUp, note } from "./support.ts";

/** Disputes every verdict that it hears of, with metrics that nobody can measure. */
export function disputeGriefer(): Adversary {
  const disputed = new Set<string>();
  return {
    onPhase: ({ epoch, phase }, view) => {
      if (phase !== "commit") return;
      const { parameters, verdicts } = view.state();
      for (const [submission, { deltaCid, reportedMetrics }] of verdicts) {
        if (disputed.has(submission)) continue;
        disputed.add(submission);
        note(view, "disputed");
        const body = {
          epoch,
          submission,
          deltaCid,
          metrics: { ...reportedMetrics, lossMicroNats: reportedMetrics.lossMicroNats + 1 },
          workDigest: madeUp("digest", view.identity.nodeId, submission),
          bondWei: parameters.disputeBondWei,
        };
        view.send(view.sign("dispute", body));
      }
    },
  };
}
