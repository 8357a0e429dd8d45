import { rm } from "node:fs/promises";
import { join } from "node:path";
import { cidOf } from "../../src/core/codec/dag-cbor.ts";
import { failure } from "../../src/core/errors.ts";
import { LIMITS } from "../../src/core/limits.ts";
import type { Cid } from "../../src/core/primitives.ts";
import { checkFile, manifestFiles, parseManifest } from "../../src/model/manifest.ts";
import { fetchBytes } from "./kept-network.ts";
import { readIfThere, writeWhole } from "./state-folder.ts";

/**
 * The folder with the base model that the genesis names: what is not there yet, or is not what it was, comes from the page's
 * host. Every file is checked against the manifest, the manifest against its CID. Errors: model-mismatch, model-file-changed
 * (the host has another file), not-served, model-manifest.
 */
export async function keptModel(url: string, models: string, manifestCid: Cid): Promise<string> {
  const folder = join(models, manifestCid);
  const manifestBytes = await keptFile(`${url}/model/model.json`, join(folder, "model.json"), (bytes) => {
    const actual = cidOf(bytes, "raw");
    if (actual === manifestCid) return;
    throw failure("model-mismatch", "The host's model is not the network's", manifestCid, actual);
  });
  for (const file of manifestFiles(parseManifest(manifestBytes))) {
    await keptFile(
      `${url}/model/${file.path}`,
      join(folder, file.path),
      (bytes) => void checkFile(file, bytes),
    );
  }
  return folder;
}

async function keptFile(url: string, path: string, check: (bytes: Uint8Array) => void): Promise<Uint8Array> {
  const kept = await readIfThere(path);
  if (kept !== undefined && isRight(kept, check)) return kept;
  await rm(path, { force: true });
  const bytes = await fetchBytes(url, LIMITS.modelFileBytes);
  check(bytes);
  await writeWhole(path, bytes);
  return bytes;
}

function isRight(bytes: Uint8Array, check: (bytes: Uint8Array) => void): boolean {
  try {
    check(bytes);
    return true;
  } catch {
    return false;
  }
}
