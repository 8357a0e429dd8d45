import "./ui/app.ts";
import { Chat } from "./app/chat/chat-service.ts";
import { Corrections } from "./app/chat/correction-service.ts";
import type { Models } from "./app/models/model-service.ts";
import { Subject } from "./app/observable.ts";
import type { TabStatus } from "./app/parley.ts";
import { type ErrorData, ParleyError, toErrorData } from "./core/errors.ts";
import { browserKeeping } from "./main-keeping.ts";
import { createModels, showAnswering } from "./main-models.ts";
import { lazySimulations } from "./main-simulator.ts";
import { placesBeside } from "./model/runtime/places.ts";
import type { Store } from "./ports/store.ts";
import { onProfileChange } from "./store/changes.ts";
import { NEWER_VERSION, NOT_SAVED, NOTHING_KEPT } from "./store/errors.ts";
import { createStore } from "./store/store.ts";
import { systemClock, systemRandom } from "./store/system.ts";
import type { ParleyApp } from "./ui/app.ts";
import { trustOwnScripts } from "./ui/trusted-types.ts";
import { registerServiceWorker } from "./ui/update.ts";

/** The chat first, on its own: everything of the network loads when the model can answer. */
async function start(): Promise<void> {
  trustOwnScripts();
  const app = document.querySelector("parley-app");
  if (!app) return;
  const places = placesBeside(document.baseURI);
  const tab = new Subject<TabStatus>({ role: "starting" });
  const notice = (error: ErrorData) => tab.update((status) => ({ ...status, notice: error }));
  const keeping = browserKeeping(navigator.storage);
  const lost = new AbortController();
  const store = await openProfile((error) => {
    notice(error);
    lost.abort(new ParleyError(error));
  });
  const { models, connectPeers } = await createModels(places, store);
  const shared = { store, clock: systemClock, random: systemRandom };
  const onUnsaved = (error: ErrorData) => {
    if (!lost.signal.aborted) notice(error.code === NOT_SAVED.code ? NOT_SAVED : error);
  };
  const chat = new Chat({ ...shared, inference: models.inference, onUnsaved });
  showAnswering(models, chat);
  const corrections = new Corrections({ ...shared, chat });
  app.parley = { chat, corrections, simulations: lazySimulations(), tab: { status: tab }, keeping };
  await Promise.all([chat.start(), corrections.start()]);
  onProfileChange((tables) => {
    if (tables.has("threads") || tables.has("turns")) void chat.refresh().catch(() => undefined);
    if (tables.has("pairs")) void corrections.start().catch(() => undefined);
  });
  if (import.meta.env.PROD) void registerServiceWorker();
  const [{ joinNetwork }, { createAdapters }] = await Promise.all([
    import("./main-network.ts"),
    import("./main-adapters.ts"),
  ]);
  const { adapters, training, scheduler } = createAdapters(places, shared, chat);
  app.parley = { ...app.parley, adapters };
  void listModels(app, models);
  await Promise.all([adapters.start(), scheduler.start()]);
  onProfileChange((tables) => {
    if (tables.has("adapters") || tables.has("values")) void adapters.refresh().catch(() => undefined);
    if (tables.has("values")) void scheduler.start().catch(() => undefined);
  });
  await joinNetwork({
    app,
    chat,
    corrections,
    adapters,
    training,
    scheduler,
    profile: store,
    lost: lost.signal,
    tab,
    onArtifacts: connectPeers,
  });
}

/** What this profile keeps; where the browser keeps nothing, the chat has a store that lives as long as its tab. */
async function openProfile(onLost: (error: ErrorData) => void): Promise<Store> {
  try {
    return await createStore({ network: undefined, onLost });
  } catch (thrown) {
    onLost(toErrorData(thrown).code === NEWER_VERSION.code ? NEWER_VERSION : NOTHING_KEPT);
    const { MemoryStore } = await import("./store/memory.ts");
    return new MemoryStore();
  }
}

/** The models page comes when it is known what this device keeps. */
async function listModels(app: ParleyApp, models: Models): Promise<void> {
  await models.start();
  if (app.parley !== undefined) app.parley = { ...app.parley, models };
}

void start();
