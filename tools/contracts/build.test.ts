import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { absolute, forgeBinary, generateModules } from "./forge.ts";

const forge = forgeBinary();

describe.runIf(forge !== undefined)("src/chain/abi", () => {
  it("is what the contracts compile to (npm run contracts writes it)", async () => {
    if (forge === undefined) return;
    for (const [path, text] of await generateModules(forge)) {
      expect(await readFile(absolute(path), "utf8"), path).toBe(text);
    }
  }, 120_000);
});
