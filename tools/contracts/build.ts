/** Writes src/chain/abi/ from contracts/: run after every change of a contract. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { absolute, forgeBinary, generateModules } from "./forge.ts";

const forge = forgeBinary();
if (forge === undefined) {
  process.stderr.write("forge is not installed for this platform (@foundry-rs/forge)\n");
  process.exit(1);
}
for (const [path, text] of await generateModules(forge)) {
  await mkdir(dirname(absolute(path)), { recursive: true });
  await writeFile(absolute(path), text);
  process.stderr.write(`wrote ${path}\n`);
}
