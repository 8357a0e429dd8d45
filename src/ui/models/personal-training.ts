import { TrainingWatch } from "../../app/learning/training-work.ts";
import { Subject } from "../../app/observable.ts";
import type { AdapterService, TrainingWork } from "../../app/parley.ts";

/** The run that teaches this device alone. It goes on while its dialog is closed. */
export const personalWork = new Subject<TrainingWork | undefined>(undefined);

let run: AbortController | undefined;

/** Errors: those of `AdapterService.trainPersonal`. */
export async function trainPersonal(adapters: AdapterService): Promise<void> {
  if (run !== undefined) return;
  const watch = new TrainingWatch();
  run = new AbortController();
  personalWork.set(watch.next({ step: "Getting ready", done: 0, total: 0 }));
  try {
    await adapters.trainPersonal((progress) => personalWork.set(watch.next(progress)), run.signal);
  } finally {
    run = undefined;
    personalWork.set(undefined);
  }
}

export function cancelPersonalTraining(): void {
  run?.abort();
}
