import { describe } from "vitest";
import { adapterFilesAcceptance } from "../../ports/acceptance/adapter-files.ts";
import { loadModel } from "../folder.ts";
import { misfitAdapter, randomAdapter } from "../testing/adapters.ts";
import { readTiny } from "../testing/tiny-folder.ts";
import { PeftAdapterFiles } from "./adapter-files.ts";

describe("adapter files: PEFT", () => {
  adapterFilesAcceptance(async () => {
    const model = await loadModel(readTiny);
    const files = new PeftAdapterFiles(readTiny);
    return { files, adapter: randomAdapter(model, 8), misfit: misfitAdapter(model) };
  });
});
