import type { StorageSpace } from "../../src/ports/storage-space.ts";

/** Room that a test gives and takes. */
export class SimulatedSpace implements StorageSpace {
  usedBytes = 0;
  quotaBytes: number;

  constructor(quotaBytes: number) {
    this.quotaBytes = quotaBytes;
  }

  async estimate() {
    return { usedBytes: this.usedBytes, quotaBytes: this.quotaBytes };
  }
}
