import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { diskFolder } from "../../src/model/node.ts";
import { readExportSource } from "./source.ts";
import { toTransformersFolder } from "./transformers-folder.ts";

const USAGE = `tsx tools/export/transformers.ts FOLDER OUTPUT
Writes the model in FOLDER (for example public/model) into the folder OUTPUT as transformers.js loads it.`;

const { values, positionals } = parseArgs({
  options: { help: { type: "boolean", default: false } },
  allowPositionals: true,
});
const [folder, output] = positionals;
if (values.help || folder === undefined || output === undefined) {
  console.error(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  for (const [path, bytes] of await toTransformersFolder(await readExportSource(diskFolder(folder)))) {
    const file = join(output, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
    console.log(`${file}: ${bytes.length} bytes`);
  }
}
