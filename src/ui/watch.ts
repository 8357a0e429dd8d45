import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Observable } from "../app/observable.ts";

/** Keeps the newest value of an Observable and renders its host when the value changes. */
export class Watch<T> implements ReactiveController {
  #value: T | undefined;
  #source: Observable<T> | undefined;
  #unsubscribe: (() => void) | undefined;
  readonly #host: ReactiveControllerHost;
  readonly #find: () => Observable<T> | undefined;

  /** `find` is asked again before each render, so the source may appear later or be replaced. */
  constructor(host: ReactiveControllerHost, find: () => Observable<T> | undefined) {
    this.#host = host;
    this.#find = find;
    host.addController(this);
  }

  get value(): T | undefined {
    return this.#value;
  }

  hostConnected(): void {
    this.#attach(this.#find());
  }

  hostUpdate(): void {
    const source = this.#find();
    if (source !== this.#source) this.#attach(source);
  }

  hostDisconnected(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#source = undefined;
  }

  #attach(source: Observable<T> | undefined): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#source = source;
    this.#value = source?.value;
    if (source === undefined) return;
    let first = true;
    this.#unsubscribe = source.subscribe((value) => {
      this.#value = value;
      if (!first) this.#host.requestUpdate();
    });
    first = false;
  }
}
