import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { decodeGenesis, encodeGenesis, genesisCid } from "../src/core/artifacts/genesis.ts";
import type { Genesis } from "../src/core/genesis.ts";
import type { Cid } from "../src/core/primitives.ts";

/** A genesis as it is kept and served. */
export interface GenesisFile {
  readonly genesis: Genesis;
  /** Canonical DAG-CBOR: its CID names the network. */
  readonly bytes: Uint8Array;
  readonly cid: Cid;
}

/**
 * The genesis kept in `file`, or, at a network's first start, the one that `make` gives. Errors: those of
 * decodeGenesis when the file was damaged, and of `make`.
 */
export async function keptGenesis(file: string, make: () => Promise<Genesis>): Promise<GenesisFile> {
  if (existsSync(file)) {
    const bytes = new Uint8Array(readFileSync(file));
    return withCid(decodeGenesis(bytes), bytes);
  }
  const genesis = await make();
  const bytes = encodeGenesis(genesis);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return withCid(decodeGenesis(bytes), bytes);
}

function withCid(genesis: Genesis, bytes: Uint8Array): GenesisFile {
  return { genesis, bytes, cid: genesisCid(genesis) };
}

/** For people: JSON with amounts as decimal strings. Programs read the DAG-CBOR, which is what the CID is of. */
export function readableGenesis({ genesis, cid }: GenesisFile): string {
  const plain = (_key: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
  return `${JSON.stringify({ cid, ...genesis }, plain, 2)}\n`;
}
