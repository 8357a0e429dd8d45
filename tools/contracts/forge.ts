import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as z from "zod";
import { abiModule, bytecodeModule, CONTRACTS, type ContractArtifact } from "./abi-module.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

/** Forge's own binary for this machine, or undefined where npm has none (forge is needed only to change contracts). */
export function forgeBinary(): string | undefined {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  try {
    const require = createRequire(import.meta.url);
    const manifest = require.resolve(`@foundry-rs/forge-${process.platform}-${architecture}/package.json`);
    return join(dirname(manifest), "bin", process.platform === "win32" ? "forge.exe" : "forge");
  } catch {
    return undefined;
  }
}

/** Compiles contracts/ and returns the generated modules by their path from the repository's root. */
export async function generateModules(forge: string): Promise<ReadonlyMap<string, string>> {
  await run(forge, ["build", "--root", ROOT], { cwd: ROOT });
  const artifacts = new Map<string, ContractArtifact>();
  const modules = new Map<string, string>();
  for (const { contract, module, constant } of CONTRACTS) {
    const artifact = await readArtifact(contract);
    artifacts.set(contract, artifact);
    modules.set(`src/chain/abi/${module}.ts`, abiModule(constant, artifact.abi));
  }
  modules.set("src/chain/abi/bytecode.ts", bytecodeModule(artifacts));
  return modules;
}

export function absolute(path: string): string {
  return join(ROOT, path);
}

const artifactSchema = z.object({
  abi: z.custom<ContractArtifact["abi"]>((value) => Array.isArray(value)),
  bytecode: z.object({ object: z.string().regex(/^0x[0-9a-f]+$/) }),
});

/** What forge compiled last. */
export async function readArtifact(contract: string): Promise<ContractArtifact> {
  const text = await readFile(absolute(`contracts/out/${contract}.sol/${contract}.json`), "utf8");
  return artifactSchema.parse(JSON.parse(text));
}
