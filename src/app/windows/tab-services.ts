import { describeError, type ErrorData } from "../../core/errors.ts";
import type { Subject } from "../observable.ts";
import type { NodeEvent, Parley, TabStatus, WalletService } from "../parley.ts";
import { type NodeServices, type NodeShapes, walletShape } from "./shapes.ts";
import { StandIn } from "./stand-in.ts";

/**
 * The services as a tab's pages hold them from the start. What does the work behind them loads later, runs here or in
 * another tab, and may move: the pages see the values change and nothing else.
 */
export class TabServices {
  readonly tab: Subject<TabStatus>;
  readonly wallet = new StandIn<WalletService>(walletShape);
  readonly #node: StandIn<NodeServices["node"]>;
  readonly #governance: StandIn<NodeServices["governance"]>;
  readonly #disputes: StandIn<NodeServices["disputes"]>;
  readonly #learning: StandIn<NodeServices["learning"]>;
  readonly #outbox: StandIn<NodeServices["outbox"]>;
  readonly #documents: StandIn<NodeServices["documents"]>;
  readonly #addressBook: StandIn<NodeServices["addressBook"]>;
  readonly #scheduler: StandIn<NodeServices["scheduler"]>;
  readonly #relays: StandIn<NodeServices["relays"]>;
  readonly #kept: StandIn<NodeServices["kept"]>;
  readonly #shared: StandIn<NodeServices["shared"]>;

  constructor(shapes: NodeShapes, tab: Subject<TabStatus>) {
    this.tab = tab;
    this.#node = new StandIn(shapes.node);
    this.#governance = new StandIn(shapes.governance);
    this.#disputes = new StandIn(shapes.disputes);
    this.#learning = new StandIn(shapes.learning);
    this.#outbox = new StandIn(shapes.outbox);
    this.#documents = new StandIn(shapes.documents);
    this.#addressBook = new StandIn(shapes.addressBook);
    this.#scheduler = new StandIn(shapes.scheduler);
    this.#relays = new StandIn(shapes.relays);
    this.#kept = new StandIn(shapes.kept);
    this.#shared = new StandIn(shapes.shared);
  }

  get shown(): Pick<Parley, "node" | "governance" | "wallet"> {
    return {
      node: this.#node.service,
      governance: this.#governance.service,
      wallet: this.wallet.service,
    };
  }

  /** What makes sense only once there is a node. */
  get later(): Pick<
    Parley,
    "disputes" | "learning" | "outbox" | "documents" | "addressBook" | "scheduler" | "relays" | "kept"
  > {
    return {
      disputes: this.#disputes.service,
      learning: this.#learning.service,
      outbox: this.#outbox.service,
      documents: this.#documents.service,
      addressBook: this.#addressBook.service,
      scheduler: this.#scheduler.service,
      relays: this.#relays.service,
      kept: this.#kept.service,
    };
  }

  get shared(): NodeServices["shared"] {
    return this.#shared.service;
  }

  attach(services: NodeServices, role: "node" | "window"): void {
    this.#node.attach(services.node);
    this.#governance.attach(services.governance);
    this.#disputes.attach(services.disputes);
    this.#learning.attach(services.learning);
    this.#outbox.attach(services.outbox);
    this.#documents.attach(services.documents);
    this.#addressBook.attach(services.addressBook);
    this.#scheduler.attach(services.scheduler);
    this.#relays.attach(services.relays);
    this.#kept.attach(services.kept);
    this.#shared.attach(services.shared);
    this.tab.update((status) => ({ ...status, role }));
  }

  detach(): void {
    for (const standIn of this.#all()) standIn.detach();
    this.tab.update((status) => ({ ...status, role: "starting" }));
  }

  /** No node will come: callers learn why, and so does who reads the activity. */
  fail(error: ErrorData, nowMs: number): void {
    this.detach();
    for (const standIn of [...this.#all(), this.wallet]) standIn.fail(error);
    const { events } = this.#node.service;
    const line: NodeEvent = {
      atMs: nowMs,
      epoch: 0,
      kind: "sync",
      text: describeError(error),
      level: "info",
    };
    this.#node.show("events", [...events.value, line]);
    this.tab.update((status) => ({ ...status, role: "none" }));
  }

  #all(): readonly Pick<StandIn<NodeServices["node"]>, "detach" | "fail">[] {
    return [
      this.#node,
      this.#governance,
      this.#disputes,
      this.#learning,
      this.#outbox,
      this.#documents,
      this.#addressBook,
      this.#scheduler,
      this.#relays,
      this.#kept,
      this.#shared,
    ];
  }
}
