import { utf8ToBytes } from "../../core/bytes.ts";
import type { Store } from "../../ports/store.ts";
import type { ModelProvider } from "../parley.ts";

const KEY = "models/provider";
const PROVIDERS: readonly ModelProvider[] = ["auto", "wasm", "webgpu"];

/** Where this device's user wants models to run; measured by itself when nothing was said. */
export async function keptProvider(store: Pick<Store, "getValue">): Promise<ModelProvider> {
  const value = await store.getValue(KEY);
  const kept = value === undefined ? undefined : new TextDecoder().decode(value);
  return PROVIDERS.find((provider) => provider === kept) ?? "auto";
}

export async function keepProvider(store: Pick<Store, "setValue">, provider: ModelProvider): Promise<void> {
  await store.setValue(KEY, provider === "auto" ? undefined : utf8ToBytes(provider));
}
