import { failure } from "../../src/core/errors.ts";
import type { Cid } from "../../src/core/primitives.ts";
import type { NodeHead, SimulatedNode } from "../nodes/node.ts";
import type { Checker, Watched } from "./checker.ts";

/** What a node has accepted, said or followed stays with it: over crashes, and to the end. */
export function nothingLost(watched: Watched): Checker {
  const lastHeads = new Map<SimulatedNode, NodeHead>();
  const atCrash = new Map<SimulatedNode, readonly Cid[]>();
  const fail = (code: string, message: string, expected?: string, received?: string): void =>
    watched.fail("nothing-lost", failure(code, message, expected, received).data);
  const checkOwn = (node: SimulatedNode, before: readonly Cid[]): void => {
    const now = node.ownMessages();
    const lost = before.findIndex((cid, at) => now[at] !== cid);
    if (lost >= 0)
      fail("own-message-lost", `${node.plan.name} lost message ${lost} of its own`, before[lost], now[lost]);
  };
  const checkHead = (node: SimulatedNode): void => {
    const before = lastHeads.get(node);
    if (before === undefined || node.head.state.epoch >= before.state.epoch) return;
    const epochs = [`epoch ${before.state.epoch}`, `epoch ${node.head.state.epoch}`] as const;
    fail("rolled-back", `${node.plan.name} went back behind an epoch that it followed`, ...epochs);
  };
  const checkForks = (): void => {
    for (const { plan } of watched.honest) {
      if (watched.mesh.isForked(plan.index))
        fail("honest-fork", `${plan.name} said two things at one place of its log`);
    }
  };
  return {
    onAdopted(node, head) {
      const before = lastHeads.get(node);
      if (before !== undefined && head.state.epoch <= before.state.epoch) checkHead(node);
      lastHeads.set(node, head);
    },
    onCrash(node) {
      if (node.plan.role === "honest") atCrash.set(node, node.ownMessages());
    },
    onRevived(node) {
      if (node.plan.role !== "honest") return;
      checkOwn(node, atCrash.get(node) ?? []);
      checkHead(node);
    },
    onEpochEnd: checkForks,
    onEnd() {
      checkForks();
      for (const [node, before] of atCrash) if (node.condition === "awake") checkOwn(node, before);
      for (const node of watched.honest) if (node.condition === "awake") checkHead(node);
    },
  };
}
