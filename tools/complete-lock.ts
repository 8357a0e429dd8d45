/**
 * `tsx tools/complete-lock.ts`, after `npm install`: adds to the lock file the platform packages that npm left out.
 * npm leaves out an optional package that it cannot fetch, as from a mirror that holds one platform only; `npm ci` then
 * refuses the lock file on every machine. An entry with its os and cpu is enough: other platforms skip it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";

const entrySchema = z.looseObject({
  version: z.string().optional(),
  dev: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const lockSchema = z.looseObject({ packages: z.record(z.string(), entrySchema) });

type Lock = z.infer<typeof lockSchema>;
type Entry = z.infer<typeof entrySchema>;

const LOCK_FILE = "package-lock.json";

/** Path in `packages`, name and version of each optional dependency that the lock file does not hold. */
export function missingOptional({ packages }: Lock): { name: string; version: string; parent: Entry }[] {
  return Object.entries(packages).flatMap(([path, parent]) =>
    Object.entries(parent.optionalDependencies ?? {})
      .filter(([name]) => !isHeld(packages, path, name))
      .map(([name, version]) => ({ name, version, parent })),
  );
}

/** Node's look-up: the nearest node_modules folder from `path` upwards. */
function isHeld(packages: Lock["packages"], path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(folder.lastIndexOf("node_modules/") - 1, 0))) {
    if (packages[`${folder === "" ? "" : `${folder}/`}node_modules/${name}`] !== undefined) return true;
    if (folder === "") return false;
  }
}

const SYSTEMS = ["android", "darwin", "freebsd", "linux", "openbsd", "openharmony", "win32"];
const PROCESSORS = ["arm64", "arm", "x64", "ia32", "loong64", "ppc64", "riscv64", "s390x"];

/** Platform of a package from its name, `@scope/what-linux-x64-musl`; undefined when the name names none. */
export function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } | undefined {
  const words = name.split(/[-/]/).map((word) => (word === "amd64" ? "x64" : word));
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  if (os === undefined || cpu === undefined) return undefined;
  const libc = words.some((word) => word.startsWith("musl")) ? ["musl"] : undefined;
  return { os: [os], cpu: [cpu], ...(os === "linux" && libc !== undefined ? { libc } : {}) };
}

function complete(lock: Lock): string[] {
  const added: string[] = [];
  for (const { name, version, parent } of missingOptional(lock)) {
    const platform = platformOf(name);
    if (platform === undefined || !/^\d+\.\d+\.\d+/.test(version)) {
      throw new Error(
        `${name}@${version} is missing and is not one platform's package: run npm install again`,
      );
    }
    const dev = parent.dev === true ? { dev: true } : {};
    lock.packages[`node_modules/${name}`] = { version, ...platform, ...dev, optional: true };
    added.push(name);
  }
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")),
  );
  return added;
}

/** The parsed file itself: a schema's copy would change the order of keys, and with it the whole file. */
export function readLock(path: string): Lock {
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!isLock(value)) throw new Error(`${path} is not a lock file of npm 7 or later`);
  return value;
}

function isLock(value: unknown): value is Lock {
  return lockSchema.safeParse(value).success;
}

if (process.argv[1] === import.meta.filename) {
  const lock = readLock(LOCK_FILE);
  const added = complete(lock);
  writeFileSync(LOCK_FILE, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${added.length} platform packages added to ${LOCK_FILE}`);
}
