/** Wall time and timers, so that the simulator can own time. */
export interface Clock {
  nowMs(): number;
  /** Runs `task` once at or after `atMs`; returns cancel. */
  at(atMs: number, task: () => void): () => void;
}
