import "./ui/app.ts";
import { Chat } from "./app/chat/chat-service.ts";
import { Corrections } from "./app/chat/correction-service.ts";
import { placesBeside } from "./model/runtime/places.ts";
import { createStore } from "./store/store.ts";
import { systemClock, systemRandom } from "./store/system.ts";
import { registerServiceWorker } from "./ui/update.ts";
import { inferenceClient } from "./workers/inference/client.ts";

/** The chat first, on its own: everything of the network loads when the model can answer. */
async function start(): Promise<void> {
  const app = document.querySelector("parley-app");
  if (!app) return;
  const places = placesBeside(document.baseURI);
  const inference = inferenceClient(places);
  const store = await createStore({ network: undefined });
  const shared = { store, clock: systemClock, random: systemRandom };
  const chat = new Chat({ ...shared, inference });
  const corrections = new Corrections({ ...shared, chat });
  app.parley = { chat, corrections };
  await Promise.all([chat.start(), corrections.start()]);
  if (import.meta.env.PROD) void registerServiceWorker();
  const { joinNetwork } = await import("./main-network.ts");
  await joinNetwork({ app, chat, corrections, places, profile: store });
}

void start();
