/** What a test sets of the machine: the browser's own interfaces answer with it. */
export interface FakeMachine {
  readonly screensKeptOn: number;
  setBattery(level: number, charging: boolean): void;
  setPressure(state: string): void;
  setVisible(isVisible: boolean): void;
  refuseScreens(): void;
}

/** Runs in the page before its scripts: in the place of battery, pressure, visibility and wake lock of the browser. */
export function fakeMachine(): void {
  const battery = Object.assign(new EventTarget(), { level: 1, charging: true });
  const listeners = new Set<(records: { state: string }[]) => void>();
  const locks = new Set<EventTarget & { released: boolean; release(): Promise<void> }>();
  let pressure = "nominal";
  let isVisible = true;
  let refuses = false;
  class PressureObserver {
    // A public field: the test runner writes private ones with helpers that the page does not have.
    readonly listener: (records: { state: string }[]) => void;
    constructor(listener: (records: { state: string }[]) => void) {
      this.listener = listener;
    }
    async observe(): Promise<void> {
      listeners.add(this.listener);
      this.listener([{ state: pressure }]);
    }
    disconnect(): void {
      listeners.delete(this.listener);
    }
  }
  const request = async () => {
    if (refuses) throw new DOMException("The battery is low", "NotAllowedError");
    const lock = Object.assign(new EventTarget(), {
      released: false,
      async release() {
        lock.released = true;
        locks.delete(lock);
        lock.dispatchEvent(new Event("release"));
      },
    });
    locks.add(lock);
    return lock;
  };
  const define = (target: object, name: string, value: PropertyDescriptor) =>
    Object.defineProperty(target, name, { configurable: true, ...value });
  define(globalThis, "PressureObserver", { value: PressureObserver });
  define(navigator, "getBattery", { value: async () => battery });
  define(navigator, "wakeLock", { value: { request } });
  define(document, "visibilityState", { get: () => (isVisible ? "visible" : "hidden") });
  const machine: FakeMachine = {
    get screensKeptOn() {
      return locks.size;
    },
    setBattery(level, charging) {
      Object.assign(battery, { level, charging });
      battery.dispatchEvent(new Event("levelchange"));
      battery.dispatchEvent(new Event("chargingchange"));
    },
    setPressure(state) {
      pressure = state;
      for (const listener of listeners) listener([{ state }]);
    },
    setVisible(visible) {
      isVisible = visible;
      // As browsers do it: a hidden page loses its wake lock.
      if (!visible) for (const lock of [...locks]) void lock.release();
      document.dispatchEvent(new Event("visibilitychange"));
    },
    refuseScreens() {
      refuses = true;
    },
  };
  Object.assign(globalThis, { machine });
}
