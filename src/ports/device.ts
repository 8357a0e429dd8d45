/** How hard the machine is pressed, as in the Compute Pressure API (https://www.w3.org/TR/compute-pressure/). */
export type Pressure = "nominal" | "fair" | "serious" | "critical";

export interface Battery {
  /** 0 to 1,000,000. */
  readonly levelPpm: number;
  readonly charging: boolean;
}

/** The machine as far as the platform tells. What it does not tell is "unknown", never a guess. */
export interface DeviceState {
  /** False while nobody can see the page: timers may be slow then. */
  readonly visible: boolean;
  readonly online: boolean;
  /** The connection costs by volume, or its user asked to save data. */
  readonly metered: boolean | "unknown";
  readonly battery: Battery | "unknown";
  readonly pressure: Pressure | "unknown";
  /** Of the whole machine; browsers round it, and tell no more than some GiB. */
  readonly memoryBytes: number | "unknown";
  /** What this page and its workers use, where that is measured. */
  readonly usedMemoryBytes: number | "unknown";
  readonly cores: number | "unknown";
}

/** The machine that this node runs on, so that the simulator can have one. */
export interface Device {
  /** The last that is known; never waits. */
  state(): DeviceState;
  /** Called after each change with the new state; returns unsubscribe. */
  onChange(listener: (state: DeviceState) => void): () => void;
  /**
   * Keeps the screen on until it is released. The platform may take that back (a hidden page): `onLost` says so, once, and
   * never after `release`. Errors: wake-lock-missing, wake-lock-refused.
   */
  keepAwake(onLost: () => void): Promise<AwakeScreen>;
}

export interface AwakeScreen {
  /** Safe to call again. */
  release(): Promise<void>;
}
