import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, readFile, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { failure } from "../../src/core/errors.ts";

/** What a Node peer keeps: everything that it needs to start again, also while the host is away. */
export interface StateFolder {
  readonly networkFile: string;
  readonly genesis: string;
  readonly store: string;
  /** What this node sent to the chain. */
  readonly transactions: string;
  readonly blocks: string;
  /** Folder of folders named by the CID of their manifest. */
  readonly models: string;
  /** The seed of node id and operator key. */
  readonly identityKey: string;
  /** Of the account filled from a local network's faucet. */
  readonly walletKey: string;
}

const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;

/** Makes the folder when it does not exist; nobody but its owner can look inside. */
export async function openStateFolder(folder: string): Promise<StateFolder> {
  await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
  await chmod(folder, OWNER_ONLY_FOLDER);
  return {
    networkFile: join(folder, "network.json"),
    genesis: join(folder, "genesis.cbor"),
    store: join(folder, "store"),
    transactions: join(folder, "transactions"),
    blocks: join(folder, "blocks"),
    models: join(folder, "models"),
    identityKey: join(folder, "identity.key"),
    walletKey: join(folder, "wallet.key"),
  };
}

/** 32 bytes in hexadecimal, made at the first start. Errors: key-file-malformed: it is never replaced by another. */
export async function keptKey(file: string): Promise<Uint8Array> {
  const kept = await readIfThere(file);
  if (kept !== undefined) return parseKey(file, new TextDecoder().decode(kept));
  const key = randomBytes(32);
  await writeWhole(file, Buffer.from(`${key.toString("hex")}\n`), OWNER_ONLY_FILE);
  return new Uint8Array(key);
}

/** Errors: key-file-missing, key-file-malformed. What is in the file is in no error. */
export async function readKey(file: string): Promise<Uint8Array> {
  const bytes = await readIfThere(file);
  if (bytes === undefined) throw failure("key-file-missing", "The key file could not be read", file);
  return parseKey(file, new TextDecoder().decode(bytes));
}

/** Whether others than the file's owner may read it. */
export async function isReadByOthers(file: string): Promise<boolean> {
  return ((await stat(file)).mode & 0o077) !== 0;
}

/** Undefined when there is no such file. */
export async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** The whole file or nothing of it, on the disk when resolved: written beside it, flushed, renamed. */
export async function writeWhole(file: string, bytes: Uint8Array, mode = OWNER_ONLY_FILE): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: OWNER_ONLY_FOLDER });
  const beside = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const handle = await open(beside, "wx", mode);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
}

function parseKey(file: string, text: string): Uint8Array {
  const digits = /^\s*(?:0x)?([0-9a-fA-F]{64})\s*$/.exec(text)?.[1];
  if (digits !== undefined) return new Uint8Array(Buffer.from(digits, "hex"));
  throw failure("key-file-malformed", "The key file holds no key", "64 hexadecimal digits", file);
}
