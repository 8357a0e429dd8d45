import { failure } from "../../core/errors.ts";
import type { Evaluator } from "../../ports/evaluator.ts";
import type { Trainer } from "../../ports/trainer.ts";
import type { Scheduler } from "./scheduler.ts";

/** The training worker's ports under the scheduler: held between steps, stopped with everything else, their progress shown. */
export function scheduledEngines(
  scheduler: Scheduler,
  { trainer, evaluator }: { readonly trainer: Trainer; readonly evaluator: Evaluator },
): { readonly trainer: Trainer; readonly evaluator: Evaluator } {
  const stoppable = (signal: AbortSignal | undefined): AbortSignal =>
    signal === undefined ? scheduler.stopSignal : AbortSignal.any([signal, scheduler.stopSignal]);
  return {
    trainer: {
      train: (request, onProgress, signal) =>
        trainer.train(
          request,
          (progress) => {
            onProgress?.(progress);
            scheduler.showProgress(true, progress);
          },
          stoppable(signal),
          scheduler.trainingPace,
        ),
      replay: (request, untilStep, signal) =>
        trainer.replay(request, untilStep, stoppable(signal), scheduler.dutyPace),
    },
    evaluator: {
      environment: () => evaluator.environment(),
      evaluate: async (request, onProgress, signal) => {
        // A duty that was stopped may be on its way here.
        if (scheduler.isStopped) throw failure("aborted", "Stopped before it was done.");
        return evaluator.evaluate(
          request,
          (progress) => {
            onProgress?.(progress);
            scheduler.showProgress(false, progress);
          },
          stoppable(signal),
          scheduler.dutyPace,
        );
      },
      evaluatePairs: (pairs, adapter) => evaluator.evaluatePairs(pairs, adapter),
    },
  };
}

/** Training for this device alone waits for its turn like all other. */
export function scheduledPersonalTrainer(scheduler: Scheduler, trainer: Trainer): Trainer {
  return {
    ...trainer,
    train: (request, onProgress, signal) =>
      scheduler.run({ kind: "personal", title: "Learning for this device", signal }, (turn) =>
        trainer.train(request, onProgress, turn.signal),
      ),
  };
}
