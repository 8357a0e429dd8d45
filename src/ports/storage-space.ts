/** What the platform says about this origin's room. */
export interface StorageSpace {
  /** Undefined when it does not say. */
  estimate(): Promise<{ readonly usedBytes: number; readonly quotaBytes: number } | undefined>;
}
