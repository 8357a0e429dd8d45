import { utilityPpm } from "../../src/core/epoch/utility.ts";
import type { Adversary } from "./adversary.ts";
import { madeUp, note } from "./support.ts";

/** Disputes every verdict that it hears of, with metrics that nobody can measure. */
export function disputeGriefer(): Adversary {
  const disputed = new Set<string>();
  return {
    onPhase: ({ epoch, phase }, view) => {
      if (phase !== "commit") return;
      const { parameters, verdicts } = view.state();
      for (const [submission, { deltaCid, baseMetrics, reportedMetrics }] of verdicts) {
        if (disputed.has(submission)) continue;
        disputed.add(submission);
        note(view, "disputed");
        const { accuracyPpm } = reportedMetrics;
        const metrics = { lossMicroNats: reportedMetrics.lossMicroNats + 1_000, accuracyPpm };
        const body = {
          epoch,
          submission,
          deltaCid,
          metrics: { ...metrics, utilityPpm: utilityPpm(baseMetrics, metrics) },
          workDigest: madeUp("digest", view.identity.nodeId, submission),
          bondWei: parameters.disputeBondWei,
        };
        view.send(view.sign("dispute", body));
      }
    },
  };
}
