import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import { ProviderError } from "./provider.ts";

export type LocalRpc = (method: string, params?: readonly unknown[]) => Promise<unknown>;

const answerSchema = z.object({
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string() }).optional(),
});

/** JSON-RPC of a local chain as it is, for a wallet that passes on what it does not answer itself. */
export function createLocalRpc(rpcUrl: string): LocalRpc {
  let id = 0;
  return async (method, params = []) => {
    id += 1;
    const answer = await post(rpcUrl, JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    if (answer.error !== undefined) throw new ProviderError(answer.error.code, answer.error.message);
    return answer.result;
  };
}

async function post(rpcUrl: string, body: string): Promise<z.infer<typeof answerSchema>> {
  try {
    const response = await fetch(rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return answerSchema.parse(await response.json());
  } catch (thrown) {
    throw failure("chain-unreachable", "The chain does not answer", rpcUrl, reasonOf(thrown));
  }
}

/** What fetch keeps inside in Node: "connect ECONNREFUSED …", "self-signed certificate". Browsers say less. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof z.ZodError || thrown instanceof SyntaxError) return "no JSON-RPC answer";
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error ? thrown.cause.message : thrown.message;
}
