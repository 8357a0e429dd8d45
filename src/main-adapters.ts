import { type AdapterLayerDependencies, AdapterLayers } from "./app/adapters/adapter-layers.ts";
import type { Chat } from "./app/chat/chat-service.ts";
import type { Scheduler } from "./app/scheduler/scheduler.ts";
import { createSchedule } from "./main-scheduler.ts";
import { PeftAdapterFiles } from "./model/engine/adapter-files.ts";
import { fetchFolder } from "./model/folder.ts";
import type { ModelPlaces } from "./model/runtime/places.ts";
import { type TrainingClient, trainingClient } from "./workers/training/client.ts";

export interface PageAdapters {
  readonly adapters: AdapterLayers;
  /** The worker that trains, for the network's duties too; it starts at the first call. */
  readonly training: TrainingClient;
  readonly scheduler: Scheduler;
}

/** What the chat answers with on top of the shipped model. */
export function createAdapters(
  places: ModelPlaces,
  shared: Pick<AdapterLayerDependencies, "store" | "clock" | "random">,
  chat: Chat,
): PageAdapters {
  const schedule = createSchedule(shared, chat, trainingClient(places));
  const adapters = new AdapterLayers({
    ...shared,
    files: new PeftAdapterFiles(fetchFolder(places.modelUrl)),
    trainer: schedule.personalTrainer,
    use: (adapter, version) => chat.useAdapter(adapter, version),
  });
  return { adapters, ...schedule };
}
