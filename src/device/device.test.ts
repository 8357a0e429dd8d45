import { afterEach, describe, expect, it, vi } from "vitest";
import { describeDevice } from "../ports/acceptance/device.ts";
import { browserDevice } from "./browser.ts";
import type { BrowserScope } from "./browser-scope.ts";
import { nodeDevice } from "./node.ts";

afterEach(() => vi.useRealTimers());

class Told extends EventTarget {
  tell(type: string): void {
    this.dispatchEvent(new Event(type));
  }
}

/** A browser with every API, and handles to what it tells. */
function wholeBrowser() {
  const document = Object.assign(new Told(), { visibilityState: "visible" });
  const connection = Object.assign(new Told(), { saveData: false, type: "wifi" });
  const battery = Object.assign(new Told(), { level: 0.5, charging: false });
  const locks = new Set<{ release(): Promise<void> }>();
  const platform = { refuses: false, told: (_: readonly { state: string }[]) => {} };
  class PressureObserver {
    constructor(listener: (records: readonly { state: string }[]) => void) {
      platform.told = listener;
    }
    async observe(): Promise<void> {}
    disconnect(): void {}
  }
  const request = async () => {
    if (platform.refuses) throw new DOMException("denied", "NotAllowedError");
    const lock = Object.assign(new Told(), {
      released: false,
      async release() {
        lock.released = true;
        lock.tell("release");
      },
    });
    locks.add(lock);
    return lock;
  };
  const navigator = {
    onLine: true,
    hardwareConcurrency: 8,
    deviceMemory: 0.5,
    connection,
    getBattery: async () => battery,
    wakeLock: { request },
  };
  const scope = Object.assign(new Told(), {
    document,
    navigator,
    performance: { measureUserAgentSpecificMemory: async () => ({ bytes: 123_456 }) },
    crossOriginIsolated: true,
    PressureObserver,
  }) satisfies BrowserScope;
  const lose = async () => {
    for (const lock of locks) await lock.release();
    locks.clear();
  };
  return { scope, document, connection, battery, platform, navigator, lose };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

describeDevice("browser", async () => {
  vi.useFakeTimers();
  const { scope, battery, platform, lose } = wholeBrowser();
  const device = browserDevice(scope);
  await settled();
  return {
    device,
    change: async () => {
      battery.level -= 0.1;
      battery.tell("levelchange");
    },
    wakeLock: {
      lose,
      refuse: () => {
        platform.refuses = true;
      },
    },
    dispose: async () => device.stop(),
  };
});

describeDevice("Node", async () => {
  vi.useFakeTimers();
  let load = 0.4;
  const readings = { loads: () => [load], cores: () => 4, usedBytes: () => 1_000, totalBytes: () => 4_000 };
  const device = nodeDevice(readings);
  return {
    device,
    change: async () => {
      load += 2.2;
      await vi.advanceTimersByTimeAsync(5_000);
    },
    wakeLock: undefined,
    dispose: async () => device.stop(),
  };
});

describe("a browser's device", () => {
  it("reads every API that is there", async () => {
    vi.useFakeTimers();
    const { scope, platform } = wholeBrowser();
    const device = browserDevice(scope);
    await settled();
    platform.told([{ state: "nominal" }, { state: "serious" }]);
    expect(device.state()).toEqual({
      visible: true,
      online: true,
      metered: false,
      battery: { levelPpm: 500_000, charging: false },
      pressure: "serious",
      memoryBytes: 2 ** 29,
      usedMemoryBytes: 123_456,
      cores: 8,
    });
    device.stop();
  });

  it("says unknown where a browser has nothing, or refuses", async () => {
    const { document } = wholeBrowser();
    const bare = { document, navigator: { onLine: false }, performance: {} };
    const device = browserDevice(Object.assign(new Told(), bare));
    expect(device.state()).toMatchObject({
      online: false,
      metered: "unknown",
      battery: "unknown",
      pressure: "unknown",
      usedMemoryBytes: "unknown",
      memoryBytes: "unknown",
      cores: "unknown",
    });
    device.stop();
    const refusing = wholeBrowser();
    const denied = async () => {
      throw new DOMException("denied", "NotAllowedError");
    };
    const scope = {
      ...refusing.scope,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
      navigator: { ...refusing.navigator, getBattery: denied },
      performance: { measureUserAgentSpecificMemory: denied },
    };
    const other = browserDevice(scope);
    await Promise.resolve();
    expect(other.state()).toMatchObject({ battery: "unknown", usedMemoryBytes: "unknown" });
    other.stop();
  });

  it("goes on without an interface that throws", () => {
    const { scope } = wholeBrowser();
    class Refusing {
      constructor() {
        throw new DOMException("denied", "SecurityError");
      }
      async observe(): Promise<void> {}
      disconnect(): void {}
    }
    const device = browserDevice(Object.assign(scope, { PressureObserver: Refusing }));
    expect(device.state()).toMatchObject({ pressure: "unknown", visible: true });
    device.stop();
  });

  it.each([
    [{ saveData: true, type: "wifi" }, true],
    [{ saveData: false, type: "cellular" }, true],
    [{ saveData: false, type: "ethernet" }, false],
    [{ saveData: false, type: "unknown" }, "unknown"],
  ])("takes a connection with %o for metered: %s", (told, metered) => {
    const { scope, connection } = wholeBrowser();
    Object.assign(connection, told);
    const device = browserDevice(scope);
    expect(device.state().metered).toBe(metered);
    device.stop();
  });

  it("hears that the page is hidden, that the network is gone, and of words of pressure that it does not know", () => {
    const { scope, document, navigator, platform } = wholeBrowser();
    const device = browserDevice(scope);
    document.visibilityState = "hidden";
    document.tell("visibilitychange");
    navigator.onLine = false;
    scope.tell("offline");
    platform.told([{ state: "molten" }]);
    expect(device.state()).toMatchObject({ visible: false, online: false, pressure: "unknown" });
    device.stop();
  });

  it("listens to nothing any more once it is let go", () => {
    const { scope, document } = wholeBrowser();
    const device = browserDevice(scope);
    device.stop();
    document.visibilityState = "hidden";
    document.tell("visibilitychange");
    expect(device.state().visible).toBe(true);
  });
});

describe("a Node process's device", () => {
  it.each([
    [0, "unknown"],
    [1, "nominal"],
    [2.4, "fair"],
    [4, "serious"],
    [6, "critical"],
  ])("calls a load of %d on four cores %s", (load, pressure) => {
    const device = nodeDevice({
      loads: () => [load],
      cores: () => 4,
      usedBytes: () => 1,
      totalBytes: () => 1,
    });
    expect(device.state().pressure).toBe(pressure);
    device.stop();
  });
});
