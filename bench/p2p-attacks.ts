import { ATTACKS, type AttackName, type AttackResult, runAttack } from "../sim/mesh/attacks.ts";
import type { Defence } from "../sim/mesh/honest.ts";
import type { Emit } from "./figure.ts";

/** Three hostile nodes to an honest one. */
const SIZE = { honest: 50, hostile: 150, messages: 40, patienceMs: 30_000 };

/**
 * Share of honest messages that reach honest nodes under each attack of GossipSub v1.1's list, against the same nodes
 * without scores, flood publishing and outbound quota (p2p.attack.NAME.undefended). Real GossipSub nodes in one process.
 */
export async function run(emit: Emit): Promise<void> {
  for (const name of names()) {
    const undefended = await measure(name, "none", emit);
    const defended = await measure(name, "all", emit);
    emit({ name: `p2p.attack.${name}.undefended`, value: undefended.delivered, unit: "share" });
    emit({
      name: `p2p.attack.${name}`,
      value: defended.delivered,
      unit: "share",
      ratio: defended.delivered / undefended.delivered,
      against: `p2p.attack.${name}.undefended`,
    });
  }
}

async function measure(name: AttackName, defence: Defence, emit: Emit): Promise<AttackResult> {
  const result = await runAttack(name, defence, SIZE);
  const end = defence === "all" ? "" : ".undefended";
  emit({ name: `p2p.attack.${name}.p99${end}`, value: result.p99Ms, unit: "ms" });
  emit({ name: `p2p.attack.${name}.hostileInMesh${end}`, value: result.hostileInMesh, unit: "share" });
  console.error(`${name} ${defence}: ${ATTACKS[name].does}: ${JSON.stringify(result)}`);
  return result;
}

function names(): AttackName[] {
  return Object.keys(ATTACKS).filter((name): name is AttackName => Object.hasOwn(ATTACKS, name));
}
