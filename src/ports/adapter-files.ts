import type { Adapter, Cid } from "../core/primitives.ts";

/** An adapter as Hugging Face PEFT keeps it. */
export interface PeftFiles {
  /** adapter_config.json; may be left out where the weights' metadata hold it under `adapter_config`. */
  readonly config?: Uint8Array | undefined;
  /** adapter_model.safetensors */
  readonly weights: Uint8Array;
}

/**
 * Adapters of the network's base model as files that other tools read. Errors of both: those of loading the model's
 * description.
 */
export interface AdapterFiles {
  /** CID of the model that the adapters are of. */
  baseModel(): Promise<Cid>;
  /** Both files are there. Errors: environment-mismatch (of another model), adapter-shape. */
  exportPeft(adapter: Adapter): Promise<Required<PeftFiles>>;
  /**
   * Errors: peft-config, peft-tensors, model-weights (not safetensors), adapter-foreign (made with another factor A),
   * adapter-overflow.
   */
  importPeft(files: PeftFiles): Promise<Adapter>;
}
