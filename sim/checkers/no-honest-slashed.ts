import type { EpochResult } from "../../src/core/epoch/transition.ts";
import { failure } from "../../src/core/errors.ts";
import type { NodeId } from "../../src/core/primitives.ts";
import type { SimulatedNode } from "../nodes/node.ts";
import type { Checker, Watched } from "./checker.ts";

type Reason = EpochResult["charges"][number]["reason"];

/** What a node that a fault kept away may be charged for; nobody honest is ever charged for anything else. */
const FAULTS_DOING: ReadonlySet<Reason> = new Set<Reason>(["missed-duty", "withheld-reveal"]);

/**
 * No honest node is slashed or loses reputation for a verdict. What faults made it miss may cost it a little. The bond of a
 * dispute is no slash as long as it comes back: a node that disputes what it measured must not lose it.
 */
export function noHonestSlashed(watched: Watched): Checker {
  const honest = new Map<NodeId, SimulatedNode>(
    watched.honest.map((node) => [node.plan.identity.nodeId, node]),
  );
  const checked = new Set<string>();
  const fail = (code: string, message: string, received: string): void =>
    watched.fail("no-honest-slashed", failure(code, message, "nothing", received).data);
  const bonds = new Map<string, { readonly node: SimulatedNode; readonly amountWei: bigint }>();
  const bondOf = (nodeId: NodeId, source: string | null): string => `${nodeId} ${source}`;
  return {
    onEnd() {
      const open = new Set(watched.certified.at(-1)?.state.pending.map(({ source }) => source));
      for (const [key, { node, amountWei }] of bonds) {
        if (open.has(key.split(" ")[1] ?? "")) continue;
        fail("honest-bond-lost", `${node.plan.name} lost the bond of a dispute`, `${amountWei} wei`);
      }
    },
    onAdopted(_, { root }) {
      if (checked.has(root)) return;
      checked.add(root);
      const result = watched.work.resultOf(root);
      if (result === undefined) return;
      const { epoch } = result.state;
      for (const { nodeId, reason, source, amountWei } of result.charges) {
        const node = honest.get(nodeId);
        if (node === undefined) continue;
        if (reason === "dispute-bond") {
          bonds.set(bondOf(nodeId, source), { node, amountWei });
          continue;
        }
        const isExcused = FAULTS_DOING.has(reason) && watched.weather.touched.has(node.plan.index);
        if (!isExcused)
          fail(
            "honest-charged",
            `${node.plan.name} is charged for ${reason} in epoch ${epoch}`,
            `${amountWei} wei`,
          );
      }
      for (const { nodeId, reason, source } of result.payments) {
        if (reason === "bond" && nodeId !== null) bonds.delete(bondOf(nodeId, source));
      }
      for (const { nodeId, outcome, reason } of result.contributions) {
        const node = honest.get(nodeId);
        if (node === undefined || outcome === "included" || !isAuthorsFault(reason)) continue;
        fail("honest-blamed", `${node.plan.name}'s delta is refused in epoch ${epoch}`, reason ?? "");
      }
    },
  };
}

const AUTHORS_FAULTS: ReadonlySet<string> = new Set([
  "bundle-cid-mismatch",
  "commit-mismatch",
  "delta-norm",
  "evaluation-mismatch",
  "malformed-bundle",
  "metrics-mismatch",
  "tensor-shape",
  "utility-mismatch",
]);

function isAuthorsFault(reason: string | undefined): boolean {
  return reason !== undefined && AUTHORS_FAULTS.has(reason);
}
