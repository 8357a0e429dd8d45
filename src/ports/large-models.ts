import type { Inference } from "./inference.ts";

/** What this device offers to large models, as far as the browser tells. */
export interface GpuReport {
  /** Absent when WebGPU is there and usable. */
  readonly missing?: string;
  /** 16-bit floats in shaders: half the memory. */
  readonly halfPrecision: boolean;
  readonly storageBufferBytes: number;
  /** Of the machine, rounded down and capped by the browser; undefined where it does not tell. */
  readonly memoryBytes?: number;
  /** What the browser would still let this site store. */
  readonly freeStorageBytes?: number;
}

export interface LargeModel {
  readonly id: string;
  readonly name: string;
  /** As its makers count. */
  readonly parameters: number;
  /** Computed from parameters and bits a weight: about right, the files decide. */
  readonly downloadBytes: number;
  /** Graphics memory while it runs, as web-llm states it. */
  readonly memoryBytes: number;
  readonly contextTokens: number;
  readonly licence: { readonly name: string; readonly url: string };
  /** What this device lacks for it, in words for a person; empty when it fits. */
  readonly missing: readonly string[];
  /** All its files are in this browser. */
  readonly cached: boolean;
}

/** General-purpose models that run on the GPU and are loaded only at the user's wish. */
export interface LargeModels {
  device(): Promise<GpuReport>;
  list(): Promise<readonly LargeModel[]>;
  /**
   * The model as an Inference; its `load` downloads what is not there. `close` stops a download (what has arrived is
   * kept) and frees the GPU. Errors of `load`: model-unknown, gpu-missing, model-download.
   */
  open(id: string): Inference & { close(): void };
  /** Deletes the model's files. Errors: model-unknown. */
  remove(id: string): Promise<void>;
}
