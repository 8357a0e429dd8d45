/** The part of a page's global scope that tells of the machine. Everything that not every browser has is optional. */
export interface BrowserScope {
  readonly document: Events & { readonly visibilityState: string };
  readonly navigator: {
    readonly onLine: boolean;
    readonly hardwareConcurrency?: number;
    /** GiB, rounded. https://www.w3.org/TR/device-memory/ */
    readonly deviceMemory?: number;
    /** https://wicg.github.io/netinfo/ */
    readonly connection?: Events & { readonly saveData?: boolean; readonly type?: string };
    /** https://www.w3.org/TR/battery-status/ */
    getBattery?(): Promise<BatteryManager>;
    readonly wakeLock?: { request(type: "screen"): Promise<WakeLock> };
  };
  readonly performance: {
    readonly timeOrigin?: number;
    /** Only of pages that are isolated from others. https://wicg.github.io/performance-measure-memory/ */
    measureUserAgentSpecificMemory?(): Promise<{ readonly bytes: number }>;
  };
  readonly crossOriginIsolated?: boolean;
  readonly PressureObserver?: new (
    listener: (records: readonly { readonly state: string }[]) => void,
  ) => PressureObserver;
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

export interface Events {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

export interface BatteryManager extends Events {
  /** 0 to 1; 1 on machines without a battery, which count as charging. */
  readonly level: number;
  readonly charging: boolean;
}

/** https://www.w3.org/TR/compute-pressure/ */
export interface PressureObserver {
  observe(source: "cpu", options: { readonly sampleInterval: number }): Promise<void>;
  disconnect(): void;
}

/** https://www.w3.org/TR/screen-wake-lock/ */
export interface WakeLock extends Events {
  readonly released: boolean;
  release(): Promise<void>;
}
