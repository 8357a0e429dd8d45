import { decodeGenesis, genesisCid } from "../../src/core/artifacts/genesis.ts";
import { z } from "../../src/core/codec/zod.ts";
import { failure } from "../../src/core/errors.ts";
import type { Genesis } from "../../src/core/genesis.ts";
import { LIMITS } from "../../src/core/limits.ts";

const networkFile = z.object({
  genesisCid: z.string().max(100),
  relays: z.array(z.string().max(400)).max(LIMITS.networkAddresses),
  rpcUrls: z.array(z.url().max(400)).max(LIMITS.networkAddresses),
});

export interface ServedNetwork {
  readonly genesis: Genesis;
  readonly genesisCid: string;
  /** Multiaddrs. */
  readonly relays: readonly string[];
  readonly rpcUrls: readonly string[];
}

/** What the page's host says of the network. Errors: not-served, not-a-network, genesis-mismatch, decodeGenesis's. */
export async function readServedNetwork(url: string): Promise<ServedNetwork> {
  const { relays, rpcUrls, genesisCid: named } = parseNetworkFile(await fetchBytes(`${url}/network.json`));
  const genesis = decodeGenesis(await fetchBytes(`${url}/genesis.cbor`));
  const actual = genesisCid(genesis);
  if (actual !== named) {
    throw failure("genesis-mismatch", "The served genesis is of another network", named, actual);
  }
  return {
    genesis,
    genesisCid: actual,
    relays: [...new Set([...relays, ...(genesis.relays ?? [])])],
    rpcUrls,
  };
}

/** Errors: not-a-network. */
export function parseNetworkFile(bytes: Uint8Array): z.output<typeof networkFile> {
  try {
    return networkFile.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (thrown) {
    const detail = thrown instanceof z.ZodError ? z.prettifyError(thrown) : String(thrown);
    const expected = "genesisCid, relays, rpcUrls";
    throw failure("not-a-network", "/network.json does not describe a network", expected, detail);
  }
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(LIMITS.artifactFetchMs) });
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw failure("not-served", "Nothing answers there: is the network running?", url, detail);
  }
  if (!response.ok) throw failure("not-served", "The host does not have it", url, `${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > LIMITS.artifactBytes) {
    throw failure("too-large", `${url} is too large`, `${LIMITS.artifactBytes} bytes`, `${bytes.length}`);
  }
  return bytes;
}
