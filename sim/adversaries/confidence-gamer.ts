import type { Adversary, AdversaryView } from "./adversary.ts";
import { note } from "./support.ts";

/** Says the confidence whose bucket has the lowest mean, whatever it thinks of its delta. */
export function confidenceGamer(): Adversary {
  return {
    trains: () => true,
    says: {
      submission: (body, view) => {
        note(view, "chose a bucket");
        return { ...body, confidencePpm: easiestConfidencePpm(view) };
      },
    },
  };
}

function easiestConfidencePpm(view: AdversaryView): number {
  const { calibration } = view.state();
  const used = calibration
    .map(({ count, utilitySumPpm }, bucket) => ({
      bucket,
      count,
      meanPpm: count === 0 ? 0 : utilitySumPpm / count,
    }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.meanPpm - b.meanPpm);
  const bucket = used[0]?.bucket ?? 0;
  return Math.floor(((bucket + 0.5) * 1_000_000) / calibration.length);
}
