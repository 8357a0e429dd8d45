import { failure } from "../../src/core/errors.ts";
import { isReadByOthers, readKey } from "../node/state-folder.ts";
import { DEPLOYER_KEY_VARIABLE, type GenesisOptions } from "./options.ts";

/**
 * The key that pays: from a file or the environment, never from an argument, which every process of the machine could
 * read. Undefined where a wallet pays. Errors: key-file-missing, key-file-malformed, wallet-key.
 */
export async function deployerKey(
  { keyFile }: Pick<GenesisOptions, "keyFile">,
  warn: (line: string) => void,
): Promise<`0x${string}` | undefined> {
  if (keyFile !== undefined) {
    const key = `0x${Buffer.from(await readKey(keyFile)).toString("hex")}` as const;
    if (await isReadByOthers(keyFile)) warn(`others on this machine may read ${keyFile}: chmod 600 it`);
    return key;
  }
  const text = process.env[DEPLOYER_KEY_VARIABLE];
  if (text === undefined || text === "") return undefined;
  const digits = /^\s*(?:0x)?([0-9a-fA-F]{64})\s*$/.exec(text)?.[1];
  if (digits !== undefined) return `0x${digits}`;
  throw failure("wallet-key", `${DEPLOYER_KEY_VARIABLE} holds no key`, "0x and 64 hexadecimal digits");
}
