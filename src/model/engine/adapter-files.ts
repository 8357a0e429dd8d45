import { cidOf } from "../../core/codec/dag-cbor.ts";
import type { Adapter, Cid } from "../../core/primitives.ts";
import type { AdapterFiles, PeftFiles } from "../../ports/adapter-files.ts";
import { checkAdapter, type ReadFile } from "../folder.ts";
import { parseConfig } from "../llama/config.ts";
import { adapterTensorSpecs } from "../lora/factors.ts";
import { type AdaptedModel, fromPeft, toPeft } from "../lora/peft.ts";
import { checkFile, parseJson, parseManifest } from "../manifest.ts";

/** Adapters of a model's folder as files. Reads model.json and config.json only, when it is first asked. */
export class PeftAdapterFiles implements AdapterFiles {
  readonly #read: ReadFile;
  #model: Promise<AdaptedModel> | undefined;

  constructor(read: ReadFile) {
    this.#read = read;
  }

  async baseModel(): Promise<Cid> {
    return (await this.#described()).cid;
  }

  async exportPeft(adapter: Adapter): Promise<Required<PeftFiles>> {
    const model = await this.#described();
    const tensors = adapterTensorSpecs(model.config, model.lora);
    return toPeft(model, checkAdapter({ cid: model.cid, tensors }, adapter));
  }

  async importPeft(files: PeftFiles): Promise<Adapter> {
    return fromPeft(await this.#described(), files);
  }

  async #described(): Promise<AdaptedModel> {
    this.#model ??= describe(this.#read);
    try {
      return await this.#model;
    } catch (error) {
      // The next call may find the network back.
      this.#model = undefined;
      throw error;
    }
  }
}

async function describe(read: ReadFile): Promise<AdaptedModel> {
  const bytes = await read("model.json");
  const { name, lora, files } = parseManifest(bytes);
  const config = checkFile(files.config, await read(files.config.path));
  return { cid: cidOf(bytes, "raw"), name, lora, config: parseConfig(parseJson(config, files.config.path)) };
}
