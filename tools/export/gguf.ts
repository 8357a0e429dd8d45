import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { diskFolder } from "../../src/model/node.ts";
import { toGguf } from "./gguf-llama.ts";
import { readExportSource } from "./source.ts";

const USAGE = `tsx tools/export/gguf.ts [--f32] FOLDER FILE
Writes the model in FOLDER (for example public/model) as GGUF for llama.cpp and what builds on it: float16, or float32.`;

const { values, positionals } = parseArgs({
  options: { f32: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  allowPositionals: true,
});
const [folder, file] = positionals;
if (values.help || folder === undefined || file === undefined) {
  console.error(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  const bytes = toGguf(await readExportSource(diskFolder(folder)), values.f32 ? "F32" : "F16");
  await writeFile(file, bytes);
  console.log(`${file}: ${bytes.length} bytes`);
}
