/**
 * Service worker: after the first visit the shell, the model runtime and the seed model need no network.
 * Cached responses keep their headers, so cross-origin isolation holds offline too.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { CacheFirst, NetworkFirst } from "workbox-strategies";
import { DELIVERY_TAG, deliverKept } from "./store/background-delivery.ts";
import { findPrevious, forgetPrevious, isAsset, keepPrevious } from "./store/previous-assets.ts";

declare const self: ServiceWorkerGlobalScope & {
  readonly __WB_MANIFEST: (string | { readonly url: string; readonly revision: string | null })[];
};

/** How long a changing file may take before the last copy is used. */
const NETWORK_TIMEOUT_S = 4;
const NETWORK_CACHE = "parley-network";
const NETWORK_FILES: readonly string[] = ["/network.json", "/genesis.cbor"];

const manifest = self.__WB_MANIFEST;
precacheAndRoute(manifest);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL("/index.html")));

// Only what the list above lacks comes here: parts of the version before, for its pages.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && isAsset(url.pathname),
  async ({ request }) => (await findPrevious(caches, request)) ?? fetch(request),
);
self.addEventListener("install", (event) => {
  const current = manifest.map(
    (entry) => new URL(typeof entry === "string" ? entry : entry.url, location.href),
  );
  event.waitUntil(keepPrevious(caches, new Set(current.map(({ pathname }) => pathname))));
});

// The WebGPU runtime and WebLLM are large and not everybody's: they are kept once they were used.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && /^\/(runtime|model|assets\/on-demand)\//.test(url.pathname),
  new CacheFirst({ cacheName: "parley-runtime" }),
);

// These name the network of today; the last copy serves when there is none.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && NETWORK_FILES.includes(url.pathname),
  new NetworkFirst({ cacheName: NETWORK_CACHE, networkTimeoutSeconds: NETWORK_TIMEOUT_S }),
);
// The first visit's page reads them before this worker answers for it: without this they would be missing offline.
self.addEventListener("install", (event) => event.waitUntil(keepNetworkFiles()));

async function keepNetworkFiles(): Promise<void> {
  const cache = await caches.open(NETWORK_CACHE);
  // A page that is served without a network has neither, and works as a chat.
  await Promise.all(
    NETWORK_FILES.map((path) => cache.add(new Request(path, { cache: "no-cache" })).catch(() => undefined)),
  );
}

self.addEventListener("message", (event) => {
  const data: unknown = event.data;
  if (typeof data !== "object" || data === null || !("type" in data)) return;
  if (data.type === "SKIP_WAITING") void self.skipWaiting();
  if (data.type === "BUILD" && "build" in data && typeof data.build === "string") {
    event.waitUntil(forgetPrevious(caches, navigator.locks, data.build));
  }
});

// Signed messages that nobody has yet go out when there is a network again, though every tab is closed.
self.addEventListener("sync", (event: Event) => {
  if (!(event instanceof ExtendableEvent) || !("tag" in event) || event.tag !== DELIVERY_TAG) return;
  event.waitUntil(deliver());
});

async function deliver(): Promise<void> {
  const left = await deliverKept(fetch);
  // The browser asks again later, with growing pauses.
  if (left > 0) throw new Error(`${left} messages still wait`);
}

// The first visit's page is served from the caches at once, not only after a reload.
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
