import type { Adversary } from "./adversary.ts";
import { note, withUtility } from "./support.ts";

/** What is left of the true loss in its report. */
const REPORTED = 0.8;

/** Sends an honest delta and reports a lower loss than it has, with the utility that would follow. */
export function metricInflater(): Adversary {
  return {
    trains: () => true,
    onReport: (metrics, view) => {
      note(view, "inflated");
      return withUtility(view, { ...metrics, lossMicroNats: Math.floor(metrics.lossMicroNats * REPORTED) });
    },
  };
}
