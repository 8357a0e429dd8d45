/**
 * Two versions of the app at once: while a page of the version before is open it may still ask for parts that it has not
 * loaded, under names that the new version no longer has. The service worker keeps them until that page is gone.
 */

const PREVIOUS = "parley-previous-assets";
/** Every page holds a shared Web Lock of this name and its build for as long as it lives. */
export const BUILD_LOCK_PREFIX = "parley-build/";
/** In the names of Workbox's caches. */
const PRECACHE = "-precache-";

/** The bundler puts a digest into these names, so that two versions never mean different bytes by one. */
export const isAsset = (pathname: string): boolean => /^\/assets\/[^/]+$/.test(pathname);

/** Before Workbox drops them: what earlier versions have and `current` (paths) lacks. */
export async function keepPrevious(storage: CacheStorage, current: ReadonlySet<string>): Promise<void> {
  const names = (await storage.keys()).filter((name) => name.includes(PRECACHE));
  const kept = await storage.open(PREVIOUS);
  for (const name of names) {
    const cache = await storage.open(name);
    for (const request of await cache.keys()) {
      const { pathname } = new URL(request.url);
      if (!isAsset(pathname) || current.has(pathname)) continue;
      const response = await cache.match(request);
      if (response !== undefined) await kept.put(request, response);
    }
  }
}

/** What a page of an earlier version asks for, if it is still kept. */
export async function findPrevious(storage: CacheStorage, request: Request): Promise<Response | undefined> {
  return (await storage.has(PREVIOUS)) ? (await storage.open(PREVIOUS)).match(request) : undefined;
}

/** Forgets them once no page of another build than `build` is open. */
export async function forgetPrevious(
  storage: CacheStorage,
  locks: Pick<LockManager, "query">,
  build: string,
): Promise<boolean> {
  const { held = [] } = await locks.query();
  const builds = held.flatMap(({ name }) =>
    name?.startsWith(BUILD_LOCK_PREFIX) ? [name.slice(BUILD_LOCK_PREFIX.length)] : [],
  );
  return builds.every((open) => open === build) && storage.delete(PREVIOUS);
}
