import { failure } from "../core/errors.ts";
import type { AwakeScreen, Battery, Device, DeviceState, Pressure } from "../ports/device.ts";
import type { BatteryManager, BrowserScope, Events, WakeLock } from "./browser-scope.ts";
import { UNKNOWN, WatchedState } from "./watched.ts";

const PPM = 1_000_000;
const GIBIBYTE = 2 ** 30;
const PRESSURE_SAMPLE_MS = 1_000;
/** Measuring waits for the browser's next garbage collection, so it is cheap, and slow. */
const MEMORY_PAUSE_MS = 60_000;
const PRESSURES: readonly Pressure[] = ["nominal", "fair", "serious", "critical"];

/** A device that can be let go: what it listens to ends. */
export interface BrowserDevice extends Device {
  stop(): void;
}

/** The machine as this browser tells of it. Every API is looked for first; one that is missing or fails leaves "unknown". */
export function browserDevice(scope: BrowserScope): BrowserDevice {
  const { navigator, document } = scope;
  const watched = new WatchedState({ ...UNKNOWN, ...steady(scope), ...seen(scope) });
  const stops: (() => void)[] = [];
  const look = (): void => watched.change(seen(scope));
  stops.push(
    listen(document, ["visibilitychange"], look),
    listen(scope, ["online", "offline", "pageshow", "pagehide"], look),
  );
  if (navigator.connection !== undefined) stops.push(listen(navigator.connection, ["change"], look));
  for (const watch of [watchBattery, watchPressure, watchMemory]) {
    try {
      watch(scope, watched, stops);
    } catch {
      // A browser may have an interface and yet refuse it to this page: then that part stays unknown.
    }
  }
  return {
    state: () => watched.value,
    onChange: (listener) => watched.onChange(listener),
    keepAwake: (onLost) => keepAwake(scope, onLost),
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

/** What does not change while a page lives. */
function steady({ navigator }: BrowserScope): Partial<DeviceState> {
  const { hardwareConcurrency: cores, deviceMemory } = navigator;
  return {
    ...(cores !== undefined && Number.isSafeInteger(cores) && cores > 0 ? { cores } : {}),
    ...(deviceMemory !== undefined && deviceMemory > 0
      ? { memoryBytes: Math.round(deviceMemory * GIBIBYTE) }
      : {}),
  };
}

/** What can be read at any time. */
function seen({ document, navigator }: BrowserScope): Partial<DeviceState> {
  return {
    visible: document.visibilityState === "visible",
    online: navigator.onLine,
    metered: meteredOf(navigator.connection),
  };
}

/** A wired or wireless connection may cost by volume too: "not metered" is said only where the kind is known. */
function meteredOf(connection: BrowserScope["navigator"]["connection"]): DeviceState["metered"] {
  if (connection === undefined) return "unknown";
  if (connection.saveData === true || connection.type === "cellular") return true;
  return connection.type === undefined || connection.type === "unknown" ? "unknown" : false;
}

function watchBattery({ navigator }: BrowserScope, watched: WatchedState, stops: (() => void)[]): void {
  if (navigator.getBattery === undefined) return;
  const listenTo = (battery: BatteryManager): void => {
    const look = (): void => watched.change({ battery: chargeOf(battery) });
    stops.push(listen(battery, ["levelchange", "chargingchange"], look));
    look();
  };
  void navigator.getBattery().then(listenTo, () => undefined);
}

function chargeOf({ level, charging }: BatteryManager): Battery | "unknown" {
  if (!Number.isFinite(level)) return "unknown";
  return { levelPpm: Math.max(0, Math.min(PPM, Math.round(level * PPM))), charging };
}

function watchPressure(scope: BrowserScope, watched: WatchedState, stops: (() => void)[]): void {
  if (scope.PressureObserver === undefined) return;
  const observer = new scope.PressureObserver((records) => {
    const told = records.at(-1)?.state;
    watched.change({ pressure: PRESSURES.find((pressure) => pressure === told) ?? "unknown" });
  });
  stops.push(() => observer.disconnect());
  void observer.observe("cpu", { sampleInterval: PRESSURE_SAMPLE_MS }).catch(() => undefined);
}

function watchMemory(scope: BrowserScope, watched: WatchedState, stops: (() => void)[]): void {
  const { performance } = scope;
  if (scope.crossOriginIsolated !== true || performance.measureUserAgentSpecificMemory === undefined) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const measure = async (): Promise<void> => {
    try {
      const measured = await performance.measureUserAgentSpecificMemory?.();
      if (measured !== undefined && measured.bytes > 0) watched.change({ usedMemoryBytes: measured.bytes });
    } catch {
      // A browser that has the call may still refuse it: then it stays unknown.
      return;
    }
    if (!stopped) timer = setTimeout(() => void measure(), MEMORY_PAUSE_MS);
  };
  stops.push(() => {
    stopped = true;
    clearTimeout(timer);
  });
  void measure();
}

async function keepAwake({ navigator }: BrowserScope, onLost: () => void): Promise<AwakeScreen> {
  if (navigator.wakeLock === undefined) {
    throw failure("wake-lock-missing", "This browser cannot keep the screen on.");
  }
  let lock: WakeLock;
  try {
    lock = await navigator.wakeLock.request("screen");
  } catch (thrown) {
    const received = thrown instanceof Error ? thrown.message : String(thrown);
    throw failure("wake-lock-refused", "The browser did not keep the screen on.", undefined, received);
  }
  const stop = listen(lock, ["release"], () => {
    stop();
    onLost();
  });
  return {
    release: async () => {
      stop();
      if (!lock.released) await lock.release();
    },
  };
}

function listen(target: Events, types: readonly string[], listener: () => void): () => void {
  for (const type of types) target.addEventListener(type, listener);
  return () => {
    for (const type of types) target.removeEventListener(type, listener);
  };
}
