import { PRETRAINING } from "../settings.ts";

/** Learning rate of a step (from 0): linear warm-up, constant (less for what was added), then linear down to the final rate. */
export function learningRateOfStep(step: number): number {
  const { steps, warmupSteps, decaySteps, peakLearningRate, added, finalLearningRate } = PRETRAINING;
  if (step < warmupSteps) return (peakLearningRate * (step + 1)) / warmupSteps;
  const constant = step < added.fromStep ? peakLearningRate : added.learningRate;
  const left = Math.min(1, (steps - step) / decaySteps);
  return finalLearningRate + left * (constant - finalLearningRate);
}
