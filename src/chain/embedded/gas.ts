import { ProviderError } from "../wallet/provider.ts";
import type { CallOutcome, EmbeddedEvm, EvmCall } from "./evm.ts";

/** Above it no transaction of one block could go. */
const MOST_GAS = 30_000_000n;
/** An estimate may be so much higher than the least that works; each further bit costs a run. */
const TOLERANCE = 64n;

/**
 * The least gas with which a transaction goes well, within a 64th. It is more than what is used: refunds come after the
 * end, and a call keeps a 64th of its gas from the one it makes. Errors: those of a call that fails with all gas.
 */
export async function estimateGas(
  evm: EmbeddedEvm,
  call: EvmCall,
  timestampSeconds: bigint,
): Promise<bigint> {
  const run = (gas: bigint) => evm.run(call, gas, timestampSeconds);
  const most = call.gas ?? MOST_GAS;
  const best = await run(most);
  if (best.error !== undefined) throw callError(best);
  let tooLittle = best.gasUsed - 1n;
  let enough = most;
  // Nearly always what was used, or a little more, is enough: begin there.
  const near = best.gasUsed + best.gasUsed / 8n;
  if (near < enough && (await succeeds(run, near))) enough = near;
  while (enough - tooLittle > enough / TOLERANCE + 1n) {
    const middle = (tooLittle + enough) / 2n;
    if (await succeeds(run, middle)) enough = middle;
    else tooLittle = middle;
  }
  return enough;
}

async function succeeds(run: (gas: bigint) => Promise<CallOutcome>, gas: bigint): Promise<boolean> {
  try {
    return (await run(gas)).error === undefined;
  } catch {
    // Less than the transaction's own cost.
    return false;
  }
}

/** EIP-1474 and what clients made of it: code 3 and the returned bytes, from which the contract's error is read. */
export function callError({ error, returned }: CallOutcome): ProviderError {
  if (error === "revert") return new ProviderError(3, "execution reverted", returned);
  return new ProviderError(-32_000, error ?? "execution failed");
}
