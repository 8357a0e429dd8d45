import { Identities } from "./app/identity/identity-service.ts";
import { loadNodeKeys, type NodeKeys } from "./app/node-keys.ts";
import { type ErrorData, toErrorData } from "./core/errors.ts";
import type { PageIdentity } from "./main-devices.ts";
import type { PageParts } from "./main-node.ts";
import { BrowserKeyVault } from "./store/key-vault.ts";
import { systemClock, systemRandom } from "./store/system.ts";

/** Tells all tabs of the profile that another identity has its place now; the word alone, never what it is. */
const CHANGED = "parley-identity-changed";

/** This profile's keys, made on the first visit, and what a person can do with them; shown from now on. */
export async function startIdentity({ app, profile, adapters }: PageParts): Promise<PageIdentity> {
  const vault = new BrowserKeyVault();
  const changes = new BroadcastChannel(CHANGED);
  changes.addEventListener("message", () => location.reload());
  const keys: NodeKeys | ErrorData = await loadNodeKeys(profile, systemRandom, vault).catch(toErrorData);
  const identities = new Identities({
    store: profile,
    vault,
    random: systemRandom,
    clock: systemClock,
    keys,
    baseModel: () => adapters.baseModel().catch(() => undefined),
    restart: () => {
      changes.postMessage(CHANGED);
      location.reload();
    },
  });
  if (app.parley !== undefined) app.parley = { ...app.parley, identity: identities };
  return { keys: "identity" in keys ? keys : undefined, identities, vault };
}
