import type { Chat } from "./app/chat/chat-service.ts";
import { Subject } from "./app/observable.ts";
import { scheduledEngines, scheduledPersonalTrainer } from "./app/scheduler/engines.ts";
import { Scheduler } from "./app/scheduler/scheduler.ts";
import { browserDevice } from "./device/browser.ts";
import type { Clock } from "./ports/clock.ts";
import type { Store } from "./ports/store.ts";
import type { Trainer } from "./ports/trainer.ts";
import type { TrainingClient } from "./workers/training/client.ts";

export interface PageSchedule {
  readonly scheduler: Scheduler;
  /** The training worker in its turns. */
  readonly training: TrainingClient;
  readonly personalTrainer: Trainer;
}

/** This page's work in its order: the chat first, the rest as the machine and its owner allow. */
export function createSchedule(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  chat: Chat,
  training: TrainingClient,
): PageSchedule {
  const ownerIsBusy = new Subject(false);
  chat.live.subscribe((live) => {
    if ((live !== undefined) !== ownerIsBusy.value) ownerIsBusy.set(live !== undefined);
  });
  const scheduler = new Scheduler({
    store,
    clock,
    device: browserDevice(window),
    ownerIsBusy,
    minuteOfDay: () => {
      const now = new Date(clock.nowMs());
      return now.getHours() * 60 + now.getMinutes();
    },
  });
  const engines = scheduledEngines(scheduler, training);
  return {
    scheduler,
    training: { ...training, ...engines },
    personalTrainer: scheduledPersonalTrainer(scheduler, engines.trainer),
  };
}
