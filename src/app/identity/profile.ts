import { failure } from "../../core/errors.ts";
import type { Cid } from "../../core/primitives.ts";
import type { Store, StoredPersonalAdapter, StoredTurn } from "../../ports/store.ts";
import type { ProfileContent } from "./profile-content.ts";

/** Values of the profile that another device can use too. Nothing else of a file is ever written to the database. */
const SETTINGS: readonly string[] = ["models/provider", "adapter-layers", "learning", "wallet-rdns"];

/** What of a profile goes into a file besides the identity, as the person chose. */
export interface ProfileParts {
  readonly settings: boolean;
  readonly corrections: boolean;
  readonly threads: boolean;
  /** What this device has learnt for itself. */
  readonly personalAdapter: boolean;
}

export type ProfileData = Pick<ProfileContent, "settings" | "pairs" | "threads" | "turns" | "adapters">;

/** `baseModel`: of the shipped model, whose personal adapter is taken; undefined when it is not known here. */
export async function gatherProfile(
  store: Store,
  parts: ProfileParts,
  baseModel: Cid | undefined,
): Promise<ProfileData> {
  const threads = parts.threads ? await store.listThreads() : [];
  const turns: StoredTurn[] = [];
  for (const { id } of threads) turns.push(...(await store.listTurns(id)));
  const pairs = parts.corrections ? await store.listPairs() : [];
  return {
    settings: parts.settings ? await gatherSettings(store) : [],
    pairs: pairs.map(wellFormed),
    threads: threads.map(wellFormed),
    turns: turns.map(wellFormed),
    adapters: parts.personalAdapter ? await gatherAdapter(store, baseModel) : [],
  };
}

async function gatherSettings(store: Store): Promise<{ key: string; value: Uint8Array }[]> {
  const found = await Promise.all(SETTINGS.map(async (key) => ({ key, value: await store.getValue(key) })));
  return found.flatMap(({ key, value }) => (value === undefined ? [] : [{ key, value }]));
}

async function gatherAdapter(store: Store, baseModel: Cid | undefined): Promise<StoredPersonalAdapter[]> {
  const kept = baseModel === undefined ? undefined : await store.getPersonalAdapter(baseModel);
  return kept === undefined ? [] : [kept];
}

/**
 * Adds a file's data to this profile: what has the same id is replaced, settings that are set here stay (what privacy has
 * spent here must not be forgotten), a personal adapter gives way to a newer one. Errors: profile-foreign (turns of no thread),
 * storage-full.
 */
export async function addProfile(store: Store, data: ProfileData): Promise<void> {
  const known = new Set(data.threads.map(({ id }) => id));
  if (data.turns.some(({ threadId }) => !known.has(threadId))) {
    throw failure("profile-foreign", "This file holds messages of no conversation");
  }
  for (const { key, value } of data.settings) {
    if (SETTINGS.includes(key) && (await store.getValue(key)) === undefined) await store.setValue(key, value);
  }
  for (const pair of data.pairs) await store.putPair(pair);
  for (const thread of data.threads) await store.putThread(thread);
  for (const turn of data.turns) await store.putTurn(turn);
  for (const personal of data.adapters) {
    const here = await store.getPersonalAdapter(personal.baseModel);
    if (here === undefined || here.updatedAtMs < personal.updatedAtMs)
      await store.putPersonalAdapter(personal);
  }
}

/** Text from models may hold half a surrogate pair, which no file can carry. */
function wellFormed<T extends object>(value: T): T {
  const entries = Object.entries(value).map(([key, entry]) => [
    key,
    typeof entry === "string" ? entry.replaceAll(/\p{Surrogate}/gu, "\ufffd") : entry,
  ]);
  return { ...value, ...Object.fromEntries(entries) };
}
