import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const TAGS = /<(?:script|link)\b[^>]*\b(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"[^>]*>/g;

/**
 * Writes the hash of each script and style sheet that index.html names into its tag (Subresource Integrity): a cache or a
 * host that mixes versions, or changes one file, gives no page instead of a wrong one. Returns how many.
 */
export function addIntegrity(outDir: string): number {
  const path = join(outDir, "index.html");
  let count = 0;
  const html = readFileSync(path, "utf8").replace(TAGS, (tag: string, file: string) => {
    const digest = createHash("sha384")
      .update(readFileSync(join(outDir, file)))
      .digest("base64");
    count++;
    return tag.replace(/\s*\/?>$/, ` integrity="sha384-${digest}">`);
  });
  writeFileSync(path, html);
  return count;
}
