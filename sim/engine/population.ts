import type { Genesis } from "../../src/core/genesis.ts";
import { createIdentity } from "../../src/core/identity.ts";
import { createMemoryOperator } from "../adapters/chain/operator.ts";
import { SeededRandom } from "../adapters/random.ts";
import { simulatedAddress } from "../genesis.ts";
import type { NodePlan } from "../nodes/node.ts";
import type { Gang } from "../scenarios/scenario.ts";

const PPM = 1_000_000;
/** What an honest node has at stake, in multiples of the minimum. */
const HONEST_STAKES = 2n;

/** Who is who in a network: honest nodes first, then gangs. */
export function populate(
  genesis: Genesis,
  seed: string,
  nodes: number,
  gangs: readonly Gang[],
): readonly NodePlan[] {
  const sizes = gangs.map(({ nodesPpm }) => Math.max(1, Math.floor((nodes * nodesPpm) / PPM)));
  const honest = Math.max(0, nodes - sizes.reduce((sum, size) => sum + size, 0));
  const { minimumStakeWei } = genesis.parameters;
  const honestWei = minimumStakeWei * HONEST_STAKES;
  const plans: NodePlan[] = [];
  const add = (role: string, name: string, stakeWei: bigint): void => {
    plans.push(planOf(genesis, seed, plans.length, role, name, stakeWei));
  };
  for (let i = 0; i < honest; i++) add("honest", `node ${i}`, honestWei);
  const liarsPpm = gangs.reduce((sum, { stakePpm }) => sum + stakePpm, 0);
  const totalWei = (honestWei * BigInt(honest) * BigInt(PPM)) / BigInt(Math.max(1, PPM - liarsPpm));
  gangs.forEach(({ adversary, stakePpm }, at) => {
    const size = sizes[at] ?? 1;
    const shareWei = (totalWei * BigInt(stakePpm)) / BigInt(PPM) / BigInt(size);
    const stakeWei = shareWei < minimumStakeWei ? minimumStakeWei : shareWei;
    for (let i = 0; i < size; i++) add(adversary, `${adversary} ${i}`, stakeWei);
  });
  return plans;
}

function planOf(
  genesis: Genesis,
  seed: string,
  index: number,
  role: string,
  name: string,
  stakeWei: bigint,
): NodePlan {
  const random = new SeededRandom(`${seed} keys of ${name}`);
  const identity = createIdentity(random.bytes(32));
  const operatorKey = random.bytes(32);
  return {
    index,
    name,
    role,
    identity,
    operatorKey,
    operator: createMemoryOperator(operatorKey, genesis.chain),
    account: simulatedAddress(`account of ${name}`),
    stakeWei,
  };
}
