import { failure } from "../../../core/errors.ts";
import type { PrivateTraining } from "../../../ports/privacy.ts";
import type { PrivacyFigures } from "../../../ports/trainer.ts";
import { RenyiAccountant } from "./accountant.ts";
import { noiseCommitment } from "./secret-words.ts";

const MICRO = 1_000_000;
const LARGEST_CLIP_NORM_MICRO = 1_000_000_000;

/** What a private run will spend, before it starts. Errors: privacy-settings, privacy-budget (it would be too much). */
export function planPrivacy(privacy: PrivateTraining, pairCount: number, steps: number): PrivacyFigures {
  const { noiseMultiplierMilli, batchSize, budget, spent, clipNormMicro } = privacy;
  if (!Number.isInteger(clipNormMicro) || clipNormMicro < 1 || clipNormMicro > LARGEST_CLIP_NORM_MICRO) {
    const expected = `1 to ${LARGEST_CLIP_NORM_MICRO}`;
    throw failure("privacy-settings", "The clip norm is out of range.", expected, `${clipNormMicro}`);
  }
  const spending = { noiseMultiplierMilli, batchSize, pairCount, steps };
  const account = new RenyiAccountant().account(spent, spending, budget);
  if (account.fits) return { spending, account };
  const total = account.spentMicro + account.runMicro;
  throw failure(
    "privacy-budget",
    `This run would spend more privacy than you allow. At most ${account.largestSteps} steps would fit.`,
    `ε ≤ ${inUnits(budget.epsilonMicro)}`,
    `ε = ${inUnits(total)}`,
  );
}

/** What of the settings decides a run's bits. The seed goes by its commitment: it stays secret. */
export function privacySettings(privacy: PrivateTraining): Record<string, number | string> {
  const { clipNormMicro, noiseMultiplierMilli, batchSize, noiseSeed } = privacy;
  const commitment = noiseCommitment(noiseSeed);
  return { clipNormMicro, noiseMultiplierMilli, privateBatchSize: batchSize, noiseCommitment: commitment };
}

function inUnits(micro: number): string {
  return (micro / MICRO).toFixed(3);
}
