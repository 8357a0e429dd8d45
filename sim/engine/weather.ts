import { type ErrorData, toErrorData } from "../../src/core/errors.ts";
import type { MemoryChain } from "../adapters/chain/chain.ts";
import type { SimulatedNode } from "../nodes/node.ts";
import type { Fault } from "./faults.ts";
import type { Mesh } from "./mesh.ts";

export interface WeatherOptions {
  readonly mesh: Mesh;
  readonly chain: MemoryChain;
  readonly nodes: readonly SimulatedNode[];
  /** A fault begins or ends. */
  readonly onChange: (fault: Fault, begins: boolean) => void;
  /** A node could not come back. */
  readonly onBroken: (node: SimulatedNode, error: ErrorData) => void;
  /** After a node has come back from its disk. */
  readonly onRevived: (node: SimulatedNode) => void;
  readonly onCrash: (node: SimulatedNode) => void;
}

/** Lets faults begin and end. Those of one kind that overlap add up: the node wakes when the last one is over. */
export class Weather {
  readonly #options: WeatherOptions;
  readonly #active = new Set<Fault>();
  /** Nodes on which some fault has lain: what they missed is not theirs. */
  readonly touched = new Set<number>();

  constructor(options: WeatherOptions) {
    this.#options = options;
  }

  get active(): readonly Fault[] {
    return [...this.#active];
  }

  plan(faults: readonly Fault[]): void {
    const { queue } = this.#options.mesh;
    for (const fault of faults) {
      queue.at(fault.atMs, () => this.begin(fault));
      if (Number.isFinite(fault.untilMs)) queue.at(fault.untilMs, () => this.end(fault));
    }
  }

  begin(fault: Fault): void {
    if (this.#active.has(fault)) return;
    this.#active.add(fault);
    this.#options.onChange(fault, true);
    if (fault.kind === "crash") this.#crash(this.#options.nodes[fault.node]);
    if (fault.kind === "sleep") this.#options.nodes[fault.node]?.sleep();
    if (fault.kind === "chain-reorganises") this.#options.chain.reorganise(fault.depth);
    this.#mark(fault);
    this.#apply(fault);
    // Done at once: nothing is left that could be over later.
    if (fault.kind === "chain-reorganises") this.end(fault);
  }

  end(fault: Fault): void {
    if (!this.#active.delete(fault)) return;
    this.#options.onChange(fault, false);
    this.#apply(fault);
    if (fault.kind !== "crash" && fault.kind !== "sleep") return;
    const node = this.#options.nodes[fault.node];
    if (node === undefined || this.#isDown(fault.node, fault.kind)) return;
    if (fault.kind === "crash") this.#revive(node);
    else node.wake();
  }

  #mark(fault: Fault): void {
    const { nodes } = this.#options;
    if ("node" in fault) this.touched.add(fault.node);
    else if (fault.kind === "deaf") this.touched.add(fault.to).add(fault.from);
    else for (const { plan } of nodes) this.touched.add(plan.index);
  }

  /** Sets what this kind of fault changes to what all active ones of it say. */
  #apply(fault: Fault): void {
    const { mesh, chain, nodes } = this.#options;
    const same = this.active.filter(({ kind }) => kind === fault.kind);
    switch (fault.kind) {
      case "partition":
        mesh.partition(same.flatMap((one) => (one.kind === "partition" ? one.groups : [])));
        break;
      case "deaf":
        mesh.setDeaf(fault.from, fault.to, this.#active.has(fault));
        break;
      case "rough":
        mesh.setRough(roughest(same));
        break;
      case "slow":
        mesh.setSlow(fault.node, this.#active.has(fault) ? fault.delayMs : 0);
        break;
      case "disk-full":
        nodes[fault.node]?.setDiskFull(this.#active.has(fault));
        break;
      case "drift":
        if (this.#active.has(fault)) nodes[fault.node]?.setClock(fault.offsetMs, fault.ratePpm);
        else nodes[fault.node]?.setClock(0, 0);
        break;
      case "chain-stops":
        chain.reachable = same.length === 0;
        break;
      case "sleep":
      case "crash":
      case "chain-reorganises":
        break;
    }
  }

  #isDown(node: number, kind: "crash" | "sleep"): boolean {
    return this.active.some((fault) => fault.kind === kind && fault.node === node);
  }

  #crash(node: SimulatedNode | undefined): void {
    if (node === undefined || node.condition === "dead") return;
    this.#options.onCrash(node);
    node.crash();
  }

  #revive(node: SimulatedNode): void {
    if (node.condition !== "dead") return;
    node.start().then(
      () => this.#options.onRevived(node),
      (thrown) => this.#options.onBroken(node, toErrorData(thrown)),
    );
  }
}

function roughest(faults: readonly Fault[]) {
  const rough = faults.flatMap((fault) => (fault.kind === "rough" ? [fault] : []));
  if (rough.length === 0) return undefined;
  return {
    lossPpm: Math.max(...rough.map(({ lossPpm }) => lossPpm)),
    duplicatePpm: Math.max(...rough.map(({ duplicatePpm }) => duplicatePpm)),
    reorderMs: Math.max(...rough.map(({ reorderMs }) => reorderMs)),
  };
}
