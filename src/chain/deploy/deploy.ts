import { createWalletClient, http } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { failure, type ParleyError } from "../../core/errors.ts";
import { toChainError } from "../errors.ts";
import { createReadClient, type ReadClient, viemChain } from "../network.ts";
import { createLocalRpc } from "../wallet/local-rpc.ts";
import { requireProxy } from "./create2-proxy.ts";
import type { DeploymentPlan, DeploymentStep } from "./plan.ts";

export interface DeploymentRun {
  readonly client: ReadClient;
  readonly rpcUrl: string;
  /** Pays. */
  readonly signer: PrivateKeyAccount;
  /** Told of every contract. */
  readonly onStep?: (step: DeploymentStep, state: "there" | "sent" | "created", detail: string) => void;
}

/** Nobody waits at a screen for it, and half a deployment is worse than a slow one. */
const PATIENCE = { timeoutMs: 60_000, retries: 3 } as const;

/** A client of whatever chain answers at the URL. Errors: chain-unreachable. */
export async function connectChain(
  rpcUrl: string,
  pollingIntervalMs?: number,
): Promise<{ client: ReadClient; chainId: number }> {
  const chainId = Number(await createLocalRpc(rpcUrl)("eth_chainId").catch(rethrow));
  const patience = { ...PATIENCE, ...(pollingIntervalMs === undefined ? {} : { pollingIntervalMs }) };
  return { client: createReadClient({ rpcUrls: [rpcUrl], chain: { chainId } }, patience), chainId };
}

const PENDING_TIMEOUT_MS = 180_000;

/** Steps of the plan whose contracts are not on the chain yet. Errors: chain-unreachable. */
export async function missingSteps(
  client: ReadClient,
  plan: DeploymentPlan,
): Promise<readonly DeploymentStep[]> {
  const codes = await Promise.all(plan.steps.map(({ address }) => codeAt(client, address)));
  return plan.steps.filter((_step, index) => codes[index] === undefined);
}

/**
 * Creates what is missing of the plan; to be called again after whatever stopped it. Errors: proxy-missing,
 * insufficient-funds, reverted, transaction-pending, chain-unreachable.
 */
export async function deploy(run: DeploymentRun, plan: DeploymentPlan): Promise<void> {
  const missing = new Set(await missingSteps(run.client, plan));
  for (const step of plan.steps) if (!missing.has(step)) run.onStep?.(step, "there", step.address);
  if (missing.size === 0) return;
  try {
    await requireProxy(run.client);
    await waitForOwnPending(run);
    const [first, ...others] = plan.steps;
    if (missing.has(first)) await created(run, first, await send(run, first));
    const sent: [DeploymentStep, `0x${string}` | undefined][] = [];
    for (const step of others) if (missing.has(step)) sent.push([step, await send(run, step)]);
    for (const [step, hash] of sent) await created(run, step, hash);
  } catch (thrown) {
    throw await withBalance(run, toChainError(thrown));
  }
}

/** Who cannot pay, and what they have: the way to the next try. */
async function withBalance({ client, signer }: DeploymentRun, error: ParleyError): Promise<ParleyError> {
  if (error.code !== "insufficient-funds") return error;
  const balanceWei = await client.getBalance({ address: signer.address }).catch(rethrow);
  const message = `${signer.address} cannot pay the deployment`;
  return failure(error.code, message, "the chain's own coins, for about 25 million gas", `${balanceWei} wei`);
}

/** Undefined when the contract has come in the meantime: anyone may carry out a plan. */
async function send(run: DeploymentRun, step: DeploymentStep): Promise<`0x${string}` | undefined> {
  const wallet = createWalletClient({
    account: run.signer,
    chain: viemChain(await run.client.getChainId(), [run.rpcUrl]),
    transport: http(run.rpcUrl, { timeout: PATIENCE.timeoutMs }),
  });
  const hash = await wallet
    .sendTransaction({ to: step.to, data: step.data })
    .catch(async (thrown: unknown) => {
      if ((await codeAt(run.client, step.address)) === undefined) throw thrown;
      return undefined;
    });
  if (hash !== undefined) run.onStep?.(step, "sent", hash);
  return hash;
}

async function created(
  run: DeploymentRun,
  step: DeploymentStep,
  hash: `0x${string}` | undefined,
): Promise<void> {
  if (hash !== undefined) await run.client.waitForTransactionReceipt({ hash });
  if ((await codeAt(run.client, step.address)) === undefined) {
    throw failure("reverted", `Creating ${step.contract} failed`, `code at ${step.address}`, hash);
  }
  run.onStep?.(step, "created", step.address);
}

/** What a stopped run sent may still wait for a block: sending it twice would cost twice. */
async function waitForOwnPending({ client, signer }: DeploymentRun): Promise<void> {
  const deadline = Date.now() + PENDING_TIMEOUT_MS;
  for (;;) {
    const [mined, known] = await Promise.all([
      client.getTransactionCount({ address: signer.address, blockTag: "latest" }),
      client.getTransactionCount({ address: signer.address, blockTag: "pending" }),
    ]);
    if (mined >= known) return;
    if (Date.now() > deadline) {
      const waiting = `${known - mined} waiting`;
      throw failure("transaction-pending", "No block takes this account's transactions", undefined, waiting);
    }
    await new Promise((resolve) => setTimeout(resolve, client.pollingInterval));
  }
}

async function codeAt(client: ReadClient, address: `0x${string}`): Promise<`0x${string}` | undefined> {
  return client.getCode({ address }).catch(rethrow);
}

function rethrow(thrown: unknown): never {
  throw toChainError(thrown);
}
