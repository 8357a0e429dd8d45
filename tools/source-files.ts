import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface SourceFile {
  /** From the repository root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const FOLDERS = [
  "src",
  "relay",
  "cli",
  "sim",
  "bench",
  "e2e",
  "tools",
  "vectors",
  "contracts",
  ".ci",
  "docs",
];
const GENERATED = /^contracts\/(out|cache)\/|\/node_modules\//;
const TEXT = /\.(ts|js|mjs|sol|css|html|json|md|toml)$|^\.ci\/|^tools\/solc$/;

/** Every text file of the repository that people write, read once. `docs/` and JSON included, the lock file not. */
export function sourceFiles(root: string): SourceFile[] {
  const inside = FOLDERS.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
  );
  const top = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "package-lock.json")
    .map((entry) => entry.name);
  return [...top, ...inside]
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => TEXT.test(path) && !GENERATED.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** `path:line: text` of every line of `file` that matches. */
export function matchingLines(file: SourceFile, pattern: RegExp): string[] {
  return file.text
    .split("\n")
    .flatMap((line, index) => (pattern.test(line) ? [`${file.path}:${index + 1}: ${line.trim()}`] : []));
}
