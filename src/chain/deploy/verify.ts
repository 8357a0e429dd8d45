import { failure } from "../../core/errors.ts";
import { toChainError } from "../errors.ts";
import type { ReadClient } from "../network.ts";
import type { Answer } from "./answer.ts";
import type { DeploymentPlan, DeploymentStep } from "./plan.ts";

/**
 * Reads back what the plan says is on the chain: the code, immutable values included, byte by byte as the constructor
 * returns it at that address; and the answer of every getter. Errors: contract-missing, contract-differs, verify-unsupported (the
 * node cannot run a constructor at an address), chain-unreachable.
 */
export async function verifyDeployment(client: ReadClient, plan: DeploymentPlan): Promise<void> {
  for (const step of plan.steps) {
    await verifyCode(client, step);
    await Promise.all(step.answers.map((expected) => verifyAnswer(client, step, expected)));
  }
}

async function verifyCode(client: ReadClient, step: DeploymentStep): Promise<void> {
  const code = await client.getCode({ address: step.address }).catch(rethrow);
  if (code === undefined) {
    throw failure("contract-missing", `${step.contract} is not on the chain`, step.address, "no code");
  }
  if ((await constructed(client, step)) !== code) {
    throw failure("contract-differs", `Another contract is in the place of ${step.contract}`, step.address);
  }
}

/**
 * What the constructor returns: the creation code stands in for the code at the address for one call, so that address,
 * chain and arguments are those of the real creation.
 */
async function constructed(client: ReadClient, step: DeploymentStep): Promise<`0x${string}` | undefined> {
  try {
    const { data } = await client.call({
      account: step.creator,
      to: step.address,
      stateOverride: [{ address: step.address, code: step.creationCode, state: [] }],
    });
    return data;
  } catch (thrown) {
    const error = toChainError(thrown);
    if (error.code === "chain-unreachable") throw error;
    throw failure(
      "verify-unsupported",
      "This node cannot run a constructor to compare with; ask another one",
      "eth_call with state overrides",
      error.message,
    );
  }
}

async function verifyAnswer(client: ReadClient, step: DeploymentStep, expected: Answer): Promise<void> {
  const { data } = await client.call({ to: step.address, data: expected.data }).catch(rethrow);
  if (data === expected.expected) return;
  const what = `${step.contract}.${expected.functionName}() differs`;
  throw failure("contract-differs", what, expected.words, data ?? "nothing");
}

function rethrow(thrown: unknown): never {
  throw toChainError(thrown);
}
