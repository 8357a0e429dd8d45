import type { Chat } from "./app/chat/chat-service.ts";
import { Models } from "./app/models/model-service.ts";
import { keptProvider } from "./app/models/provider.ts";
import { SHIPPED } from "./app/models/shipped.ts";
import { failure } from "./core/errors.ts";
import type { ModelPlaces } from "./model/runtime/places.ts";
import type { Artifacts } from "./ports/artifacts.ts";
import type { Store } from "./ports/store.ts";
import { inferenceClient } from "./workers/inference/client.ts";
import { largeModels } from "./workers/large-model/client.ts";
import type { ModelsClient } from "./workers/models/client.ts";

export interface PageModels {
  readonly models: Models;
  /** From now on models can come from peers, and be shared with them. */
  readonly connectPeers: (artifacts: Artifacts) => void;
}

/** Which model answers the chat. The worker that keeps models, and code of others, load when somebody wants them. */
export async function createModels(places: ModelPlaces, store: Store): Promise<PageModels> {
  let client: Promise<ModelsClient> | undefined;
  const library = (): Promise<ModelsClient> => {
    client ??= import("./workers/models/client.ts").then(({ modelsClient }) => modelsClient());
    return client;
  };
  const models = new Models({
    store,
    library: {
      list: async () => (await library()).list(),
      add: async (source, onProgress, signal) => (await library()).add(source, onProgress, signal),
      share: async (id, onProgress, signal) => (await library()).share(id, onProgress, signal),
      unshare: async (parcel) => (await library()).unshare(parcel),
      remove: async (id) => (await library()).remove(id),
    },
    large: largeModels(),
    open: (keptModel, provider) =>
      inferenceClient({ ...places, provider, ...(keptModel === undefined ? {} : { keptModel }) }),
    provider: await keptProvider(store),
    shippedManifest: () => fetchJson(new URL("model.json", places.modelUrl)),
  });
  const connectPeers = async (artifacts: Artifacts) => (await library()).connectPeers(artifacts);
  return { models, connectPeers: (artifacts) => void connectPeers(artifacts) };
}

/** The chat shows which model answers. */
export function showAnswering(models: Models, chat: Chat): void {
  models.answering.subscribe((info) => {
    if (info !== undefined) chat.answeredBy(info, models.chosen.value === SHIPPED);
  });
}

async function fetchJson(url: URL): Promise<unknown> {
  const response = await fetch(url).catch(() => undefined);
  if (response?.ok) return response.json();
  throw failure(
    "model-file-missing",
    `${url.pathname} could not be loaded.`,
    "200",
    `${response?.status ?? "no answer"}`,
  );
}
