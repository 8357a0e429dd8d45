import { failure } from "../../src/core/errors.ts";
import type { Cid } from "../../src/core/primitives.ts";
import type { NodeHead, SimulatedNode } from "../nodes/node.ts";
import type { Checker, Watched } from "./checker.ts";

/** Messages of others that are looked for after a crash: the latest, which are the ones at risk. */
const REMEMBERED = 5_000;

interface Kept {
  readonly own: readonly Cid[];
  readonly held: readonly Cid[];
}

/** What a node has accepted, said or followed stays with it: over crashes, and to the end. */
export function nothingLost(watched: Watched): Checker {
  const lastHeads = new Map<SimulatedNode, NodeHead>();
  const atCrash = new Map<SimulatedNode, Kept>();
  const fail = (code: string, message: string, expected?: string, received?: string): void =>
    watched.fail("nothing-lost", failure(code, message, expected, received).data);
  const checkOwn = (node: SimulatedNode, before: readonly Cid[]): void => {
    const now = node.ownMessages();
    const lost = before.findIndex((cid, at) => now[at] !== cid);
    if (lost >= 0)
      fail("own-message-lost", `${node.plan.name} lost message ${lost} of its own`, before[lost], now[lost]);
  };
  const checkHeld = (node: SimulatedNode, before: readonly Cid[]): void => {
    const lost = before.find((cid) => !node.holds(cid));
    if (lost !== undefined)
      fail("message-lost", `${node.plan.name} lost a message that it had accepted`, lost);
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
      if (node.plan.role !== "honest") return;
      const latest = watched.mesh.packets.slice(-REMEMBERED).map(({ cid }) => cid);
      atCrash.set(node, { own: node.ownMessages(), held: latest.filter((cid) => node.holds(cid)) });
    },
    onRevived(node) {
      if (node.plan.role !== "honest") return;
      const kept = atCrash.get(node);
      checkOwn(node, kept?.own ?? []);
      checkHeld(node, kept?.held ?? []);
      checkHead(node);
    },
    onEpochEnd: checkForks,
    onEnd() {
      checkForks();
      for (const [node, { own }] of atCrash) if (node.condition === "awake") checkOwn(node, own);
      for (const node of watched.honest) if (node.condition === "awake") checkHead(node);
    },
  };
}
