import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const COMPRESSIBLE = /\.(js|mjs|css|html|json|svg|wasm|webmanifest|onnx|map)$/;
const SMALLEST_BYTES = 1_024;
/** Above this size Brotli's best levels take minutes: use a fast one. */
const LARGE_BYTES = 1024 * 1024;
const FAST_QUALITY = 5;

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

/** Writes `.br` and `.gz` beside every file worth it, for a static host to send. Returns how many. */
export async function precompress(outDir: string): Promise<number> {
  const names = await readdir(outDir, { recursive: true });
  let count = 0;
  for (const name of names) {
    const path = join(outDir, name);
    const info = await stat(path);
    if (!info.isFile() || info.size < SMALLEST_BYTES || !COMPRESSIBLE.test(name)) continue;
    const bytes = await readFile(path);
    const quality = info.size > LARGE_BYTES ? FAST_QUALITY : constants.BROTLI_MAX_QUALITY;
    const [small, compatible] = await Promise.all([
      brotli(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: quality,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      }),
      gzipped(bytes, { level: info.size > LARGE_BYTES ? 6 : 9 }),
    ]);
    await Promise.all([writeFile(`${path}.br`, small), writeFile(`${path}.gz`, compatible)]);
    count += 1;
  }
  return count;
}
