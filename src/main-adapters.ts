import { type AdapterLayerDependencies, AdapterLayers } from "./app/adapters/adapter-layers.ts";
import type { Chat } from "./app/chat/chat-service.ts";
import { PeftAdapterFiles } from "./model/engine/adapter-files.ts";
import { fetchFolder } from "./model/folder.ts";
import type { ModelPlaces } from "./model/runtime/places.ts";
import { type TrainingClient, trainingClient } from "./workers/training/client.ts";

export interface PageAdapters {
  readonly adapters: AdapterLayers;
  /** The worker that trains, for the network's duties too; it starts at the first call. */
  readonly training: TrainingClient;
}

/** What the chat answers with on top of the shipped model. */
export function createAdapters(
  places: ModelPlaces,
  shared: Pick<AdapterLayerDependencies, "store" | "clock" | "random">,
  chat: Chat,
): PageAdapters {
  const training = trainingClient(places);
  const adapters = new AdapterLayers({
    ...shared,
    files: new PeftAdapterFiles(fetchFolder(places.modelUrl)),
    trainer: training.trainer,
    use: (adapter, version) => chat.useAdapter(adapter, version),
  });
  return { adapters, training };
}
