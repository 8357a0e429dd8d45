import { PRETRAINING } from "../settings.ts";

/** Learning rate of a step (from 0): linear warm-up, then a cosine down to the final rate. */
export function learningRateOfStep(step: number): number {
  const { steps, warmupSteps, peakLearningRate, finalLearningRate } = PRETRAINING;
  if (step < warmupSteps) return (peakLearningRate * (step + 1)) / warmupSteps;
  const progress = (step - warmupSteps) / (steps - warmupSteps);
  return (
    finalLearningRate + 0.5 * (peakLearningRate - finalLearningRate) * (1 + Math.cos(Math.PI * progress))
  );
}
