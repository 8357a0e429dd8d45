import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { absolute, forgeBinary, generateModules } from "./forge.ts";

test("src/chain/abi is what the contracts compile to (npm run contracts writes it)", async () => {
  const forge = forgeBinary();
  if (forge === undefined) throw new Error("forge is not installed for this platform (@foundry-rs/forge)");
  for (const [path, text] of await generateModules(forge)) {
    expect(await readFile(absolute(path), "utf8"), path).toBe(text);
  }
  // Alone and for the first time it compiles everything, tests too.
}, 600_000);
