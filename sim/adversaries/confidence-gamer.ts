import { scorePpm } from "../../src/core/epoch/utility.ts";
import type { Adversary, AdversaryView } from "./adversary.ts";
import { note } from "./support.ts";

/** Says the confidence whose bucket gives its delta the most, whatever it thinks of it: the lowest mean, or one that is unused. */
export function confidenceGamer(): Adversary {
  return {
    trains: () => true,
    says: {
      submission: (body, view) => {
        note(view, "chose a bucket");
        return { ...body, confidencePpm: bestConfidencePpm(view, body.reportedMetrics.utilityPpm) };
      },
    },
  };
}

function bestConfidencePpm(view: AdversaryView, utilityPpm: number): number {
  const { calibration } = view.state();
  const [best] = calibration
    .map((_, bucket) => Math.floor(((bucket + 0.5) * 1_000_000) / calibration.length))
    .map((confidencePpm) => ({ confidencePpm, score: scorePpm(view.state(), utilityPpm, confidencePpm) }))
    .sort((a, b) => b.score - a.score);
  return best?.confidencePpm ?? 0;
}
