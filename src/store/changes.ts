import { Dexie, type ObservabilitySet } from "dexie";

/** Tables of the profile's database that several tabs show. */
export type SharedTable = "pairs" | "adapters" | "threads" | "turns" | "values";

const TABLES: readonly SharedTable[] = ["pairs", "adapters", "threads", "turns", "values"];
/** Dexie names what changed `idb://database/table/index`; `all` when it cannot say. */
const EVERYTHING = "all";

/**
 * Calls after every committed write to the profile's database, of this tab or another one, with the tables that it
 * touched. Dexie tells other tabs by a BroadcastChannel of its own. Returns unsubscribe.
 */
export function onProfileChange(listener: (tables: ReadonlySet<SharedTable>) => void): () => void {
  const heard = (parts: ObservabilitySet): void => {
    const changed = Object.keys(parts);
    const tables = TABLES.filter((table) =>
      changed.some((part) => part === EVERYTHING || part.startsWith(`idb://parley/${table}/`)),
    );
    if (tables.length > 0) listener(new Set(tables));
  };
  Dexie.on("storagemutated", heard);
  return () => Dexie.on.storagemutated.unsubscribe(heard);
}
