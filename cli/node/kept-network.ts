import { type NetworkFile, parseNetworkFile } from "../../src/app/network-file.ts";
import { decodeGenesis, genesisCid } from "../../src/core/artifacts/genesis.ts";
import { failure, ParleyError } from "../../src/core/errors.ts";
import type { Genesis } from "../../src/core/genesis.ts";
import { LIMITS } from "../../src/core/limits.ts";
import { readIfThere, type StateFolder, writeWhole } from "./state-folder.ts";

export interface KeptNetwork {
  readonly file: NetworkFile;
  readonly genesis: Genesis;
  /** Why it is the kept one and not the served one, when it is. */
  readonly keptBecause?: string;
}

interface Copy {
  readonly networkFile: Uint8Array;
  readonly genesis: Uint8Array;
}

/**
 * The network served at `url`, which is kept; the kept one while the host is away. A folder belongs to one network.
 * Errors: other-network, and when nothing is kept: not-served, network-file, genesis-mismatch, decodeGenesis's.
 */
export async function keptNetwork(url: string, folder: StateFolder): Promise<KeptNetwork> {
  const kept = await readKept(folder);
  const own = kept === undefined ? undefined : understand(kept);
  try {
    const served: Copy = {
      networkFile: await fetchBytes(`${url}/network.json`),
      genesis: await fetchBytes(`${url}/genesis.cbor`),
    };
    const network = understand(served);
    if (own !== undefined && own.file.genesisCid !== network.file.genesisCid) {
      throw failure(
        "other-network",
        "This state folder belongs to another network: use another folder",
        own.file.genesisCid,
        network.file.genesisCid,
      );
    }
    await writeWhole(folder.genesis, served.genesis);
    await writeWhole(folder.networkFile, served.networkFile);
    return network;
  } catch (thrown) {
    const isOwnFault = thrown instanceof ParleyError && thrown.code === "other-network";
    if (own === undefined || isOwnFault) throw thrown;
    return { ...own, keptBecause: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

async function readKept(folder: StateFolder): Promise<Copy | undefined> {
  const [networkFile, genesis] = await Promise.all([
    readIfThere(folder.networkFile),
    readIfThere(folder.genesis),
  ]);
  return networkFile === undefined || genesis === undefined ? undefined : { networkFile, genesis };
}

function understand(copy: Copy): KeptNetwork {
  const file = parseNetworkFile(parseJson(copy.networkFile));
  const genesis = decodeGenesis(copy.genesis);
  const actual = genesisCid(genesis);
  if (actual === file.genesisCid) return { file, genesis };
  throw failure("genesis-mismatch", "The genesis is of another network", file.genesisCid, actual);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw failure("network-file", "The file that says how to reach the network is no JSON");
  }
}

/** However large it is, as long as it goes on coming. Errors: not-served, too-large. */
export async function fetchBytes(
  url: string,
  limitBytes: number = LIMITS.artifactBytes,
): Promise<Uint8Array> {
  const silence = new AbortController();
  const end = () => silence.abort(failure("not-served", "The host stopped answering", url));
  let timer = setTimeout(end, LIMITS.artifactFetchMs);
  try {
    const response = await fetch(url, { signal: silence.signal });
    if (!response.ok) throw failure("not-served", "The host does not have it", url, `${response.status}`);
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of response.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(end, LIMITS.artifactFetchMs);
      size += part.length;
      if (size > limitBytes) throw failure("too-large", `${url} is too large`, `${limitBytes} bytes`);
      parts.push(part);
    }
    return new Uint8Array(Buffer.concat(parts));
  } catch (thrown) {
    if (thrown instanceof ParleyError) throw thrown;
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw failure("not-served", "Nothing answers there: is the network's host running?", url, detail);
  } finally {
    clearTimeout(timer);
  }
}
