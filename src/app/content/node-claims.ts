import type { NodeId } from "../../core/primitives.ts";
import type { Store } from "../../ports/store.ts";
import { bundlesOnTheirWay } from "../node/duties/submit.ts";
import type { Ledger } from "../node/ledger.ts";
import { type Claim, networkClaims } from "./claims.ts";

/** What this node's books make it keep now. */
export async function claimsOfNode(
  ledger: Pick<Ledger, "head">,
  store: Pick<Store, "listEpochs" | "listDuties">,
  self: NodeId,
): Promise<readonly Claim[]> {
  const { state } = ledger.head.value;
  const epochs = await store.listEpochs(state.parameters.challengeEpochs + 1);
  return networkClaims({ state, self, epochs, ownDeltas: await bundlesOnTheirWay(store) });
}
