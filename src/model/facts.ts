import { cidOf } from "../core/codec/dag-cbor.ts";
import type { GenesisModel } from "../core/genesis.ts";
import type { Evaluator } from "../ports/evaluator.ts";
import type { OnProgress } from "../ports/progress.ts";
import type { ReadFile } from "./folder.ts";
import { parseConfig } from "./llama/config.ts";
import { adapterTensorSpecs } from "./lora/factors.ts";
import { checkFile, parseJson, parseManifest } from "./manifest.ts";

/**
 * What a genesis says of the model in a folder, computed here: the evaluator, which must be of the same model, runs the
 * bare base model over its benchmark. Errors: those of the evaluator, model-file-missing, model-file-changed.
 */
export async function measureModel(
  read: ReadFile,
  evaluator: Pick<Evaluator, "environment" | "evaluate">,
  onProgress?: OnProgress,
): Promise<GenesisModel> {
  const bytes = await read("model.json");
  const { lora, files } = parseManifest(bytes);
  const config = parseConfig(
    parseJson(checkFile(files.config, await read(files.config.path)), files.config.path),
  );
  const environmentCid = await evaluator.environment();
  const { metrics } = await evaluator.evaluate({ adapter: null }, onProgress);
  return {
    manifestCid: cidOf(bytes, "raw"),
    environmentCid,
    baseMetrics: metrics,
    rank: lora.rank,
    tensors: adapterTensorSpecs(config, lora),
  };
}
