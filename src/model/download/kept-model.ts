import type { ModelFiles } from "../../ports/model-files.ts";
import type { KeptModel } from "../../ports/model-library.ts";
import { manifestFiles, parseManifest } from "../manifest.ts";
import { keptFolder } from "./kept-folder.ts";
import { readRecord } from "./record.ts";

/** What this device keeps of a model: whole when its model.json is there, which is written last. */
export async function keptModel(files: ModelFiles, id: string): Promise<KeptModel> {
  const kept = await files.list(id);
  const keptBytes = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  if (kept.some(({ path }) => path === "model.json")) {
    const manifest = parseManifest(await keptFolder(files, id).read("model.json"));
    return {
      id,
      name: manifest.name,
      parameters: manifest.parameters,
      bytes: manifestFiles(manifest).reduce((sum, { bytes }) => sum + bytes, 0),
      keptBytes,
      ...(manifest.licence === undefined ? {} : { licence: manifest.licence }),
      isComplete: true,
    };
  }
  const record = await readRecord(files, id);
  return {
    id,
    name: record?.name ?? id,
    parameters: 0,
    bytes: record?.bytes ?? keptBytes,
    keptBytes,
    isComplete: false,
    ...(record?.source === undefined ? {} : { source: record.source }),
  };
}
