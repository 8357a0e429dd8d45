import { z } from "../../core/codec/zod.ts";
import type { TabId } from "../../ports/tabs.ts";
import { Subject } from "../observable.ts";
import { type Shape, serviceOf } from "./shape.ts";
import type { NodeServices, NodeShapes } from "./shapes.ts";
import type { TabCalls } from "./tab-calls.ts";

const values = z.record(z.string(), z.unknown());

export interface NodeWindowOptions {
  readonly calls: TabCalls;
  readonly shapes: NodeShapes;
  /** This tab shows the node of another one from now on. */
  readonly onAttached: (services: NodeServices) => void;
  /** That tab is gone; another may come. */
  readonly onDetached: () => void;
}

/** The other side of NodeHost: finds the tab that runs the node, and has its services as if they were here. */
export class NodeWindow {
  readonly #options: NodeWindowOptions;
  readonly #stops: (() => void)[] = [];
  #node: TabId | undefined;
  /** Set once its values are here. */
  #subjects: ReadonlyMap<string, Subject<unknown>> | undefined;
  #unwatch: (() => void) | undefined;

  constructor(options: NodeWindowOptions) {
    this.#options = options;
    const { calls } = options;
    this.#stops.push(
      calls.onMessage((message) => {
        if (message.kind === "here") void this.#attach(message.from);
        else if (message.kind === "value" && message.from === this.#node) {
          this.#subjects?.get(message.name)?.set(message.value);
        }
      }),
    );
    calls.say({ kind: "seek" });
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#detach();
  }

  async #attach(node: TabId): Promise<void> {
    if (this.#node === node) return;
    this.#detach();
    this.#node = node;
    const { calls } = this.#options;
    this.#unwatch = calls.onGone(node, () => {
      if (this.#node === node) this.#detach();
    });
    const snapshot = await this.#snapshot(node);
    // Gone before it answered, or another came: the one that follows says that it is here.
    if (this.#node !== node) return;
    if (snapshot === undefined) {
      this.#detach();
      return;
    }
    const subjects = new Map(Object.entries(snapshot).map(([name, value]) => [name, new Subject(value)]));
    this.#subjects = subjects;
    this.#options.onAttached(this.#services(node, subjects));
  }

  async #snapshot(node: TabId): Promise<Readonly<Record<string, unknown>> | undefined> {
    try {
      return values.parse(await this.#options.calls.call(node, "attach", []));
    } catch {
      return undefined;
    }
  }

  #detach(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#node = undefined;
    if (this.#subjects === undefined) return;
    this.#subjects = undefined;
    this.#options.onDetached();
  }

  #services(node: TabId, subjects: ReadonlyMap<string, Subject<unknown>>): NodeServices {
    const { shapes, calls } = this.#options;
    const remote = <S>(service: keyof NodeServices, shape: Shape<S>): S =>
      serviceOf(shape, (name, member) => {
        const path = `${service}.${name}`;
        switch (member.member) {
          case "seen":
            return subjects.get(path) ?? new Subject(member.initial);
          case "asked":
            return (...args: unknown[]) => calls.call(node, path, args);
          case "told":
            return (...args: unknown[]) => void calls.call(node, path, args).catch(() => undefined);
        }
      });
    return {
      node: remote("node", shapes.node),
      governance: remote("governance", shapes.governance),
      disputes: remote("disputes", shapes.disputes),
      learning: remote("learning", shapes.learning),
      outbox: remote("outbox", shapes.outbox),
      documents: remote("documents", shapes.documents),
      addressBook: remote("addressBook", shapes.addressBook),
      scheduler: remote("scheduler", shapes.scheduler),
      relays: remote("relays", shapes.relays),
      kept: remote("kept", shapes.kept),
      shared: remote("shared", shapes.shared),
    };
  }
}
