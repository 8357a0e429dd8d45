import type { ReactiveController, ReactiveControllerHost } from "lit";
import { describe, expect, it } from "vitest";
import { type Observable, Subject } from "../app/observable.ts";
import { Watch } from "./watch.ts";

class Host implements ReactiveControllerHost {
  readonly controllers: ReactiveController[] = [];
  readonly updateComplete = Promise.resolve(true);
  updates = 0;

  addController(controller: ReactiveController): void {
    this.controllers.push(controller);
  }

  removeController(): void {}

  requestUpdate(): void {
    this.updates += 1;
  }
}

describe("Watch", () => {
  it("holds the newest value and asks its host to render at each change", () => {
    const host = new Host();
    const source = new Subject(1);
    const watch = new Watch(host, () => source);
    watch.hostConnected();
    expect(watch.value).toBe(1);
    expect(host.updates).toBe(0);
    source.set(2);
    expect(watch.value).toBe(2);
    expect(host.updates).toBe(1);
  });

  it("follows a source that appears later or is replaced", () => {
    const host = new Host();
    let source: Observable<string> | undefined;
    const watch = new Watch(host, () => source);
    watch.hostConnected();
    expect(watch.value).toBeUndefined();
    const first = new Subject("first");
    source = first;
    watch.hostUpdate();
    expect(watch.value).toBe("first");
    source = new Subject("second");
    watch.hostUpdate();
    expect(watch.value).toBe("second");
    first.set("stale");
    expect(watch.value).toBe("second");
  });

  it("stops listening when its host leaves the page", () => {
    const host = new Host();
    const source = new Subject(1);
    const watch = new Watch(host, () => source);
    watch.hostConnected();
    watch.hostDisconnected();
    source.set(2);
    expect(host.updates).toBe(0);
  });
});
