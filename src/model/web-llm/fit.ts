import type { GpuReport } from "../../ports/large-models.ts";

export interface Needs {
  readonly memoryBytes: number;
  readonly downloadBytes: number;
  /** WebGPU limit that the model's largest tensor needs; undefined where WebLLM states none. */
  readonly storageBufferBytes: number | undefined;
  readonly cached: boolean;
}

/**
 * Browsers do not tell how much memory a GPU has. On machines that share it with the processor a model may take about
 * half of what there is; browsers cap what they report at 8 GiB or more, so a report at the cap is no upper bound.
 */
const MEMORY_SHARE = 0.5;
const REPORTED_MEMORY_CAP_BYTES = 8 * 2 ** 30;

/** What a device lacks for a model, each in a sentence; empty when it fits as far as the browser tells. */
export function missingFor(needs: Needs, device: GpuReport): string[] {
  if (device.missing !== undefined) return [device.missing];
  const missing: string[] = [];
  const { memoryBytes, freeStorageBytes, storageBufferBytes } = device;
  if (
    memoryBytes !== undefined &&
    memoryBytes < REPORTED_MEMORY_CAP_BYTES &&
    needs.memoryBytes > memoryBytes * MEMORY_SHARE
  ) {
    missing.push(
      `It needs about ${mebibytes(needs.memoryBytes)} of memory; this device has ${mebibytes(memoryBytes)} in all.`,
    );
  }
  if (needs.storageBufferBytes !== undefined && needs.storageBufferBytes > storageBufferBytes) {
    missing.push(
      `It needs graphics buffers of ${mebibytes(needs.storageBufferBytes)}; this device allows ${mebibytes(storageBufferBytes)}.`,
    );
  }
  if (!needs.cached && freeStorageBytes !== undefined && needs.downloadBytes > freeStorageBytes) {
    missing.push(
      `It needs ${mebibytes(needs.downloadBytes)} of storage; the browser allows ${mebibytes(freeStorageBytes)} more.`,
    );
  }
  return missing;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20).toLocaleString("en")} MiB`;
}
