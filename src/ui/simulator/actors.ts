import type { SimulationFrame } from "../../ports/simulation.ts";
import { type Place, placesOf } from "./layout.ts";
import type { DrawnNode } from "./paint.ts";
import type { RootBook } from "./roots.ts";

/** How fast a node glides to its place: after this time 63 % of the way is done. */
const GLIDE_MS = 160;
const ARRIVED = 0.001;

/** The nodes on the stage, on their way to where they should stand. */
export class Actors {
  #nodes: DrawnNode[] = [];
  #places: readonly Place[] = [];
  #groups = "";

  get nodes(): readonly DrawnNode[] {
    return this.#nodes;
  }

  show(frame: SimulationFrame, book: RootBook, stageMs: number): void {
    const groups = frame.nodes.map(({ group }) => group);
    if (groups.join() !== this.#groups) {
      this.#groups = groups.join();
      this.#places = placesOf(groups);
    }
    this.#nodes = frame.nodes.map((view, index) => {
      const before = this.#nodes[index];
      const place = this.#places[index] ?? { x: 0, y: 0, angle: 0 };
      const isNew = before === undefined;
      return {
        ...place,
        ...(isNew ? {} : { x: before.x, y: before.y }),
        view,
        hue: book.hue(view.root),
        label: book.label(view.epoch, view.root),
        changedAtMs: isNew
          ? Number.NEGATIVE_INFINITY
          : before.view.root === view.root
            ? before.changedAtMs
            : stageMs,
      };
    });
  }

  /** Moves all by this much time; whether any is still on its way. */
  glide(elapsedMs: number): boolean {
    const share = 1 - Math.exp(-elapsedMs / GLIDE_MS);
    let moving = false;
    this.#nodes = this.#nodes.map((node, index) => {
      const place = this.#places[index];
      if (place === undefined || Math.hypot(place.x - node.x, place.y - node.y) < ARRIVED) return node;
      moving = true;
      return {
        ...node,
        x: node.x + share * (place.x - node.x),
        y: node.y + share * (place.y - node.y),
      };
    });
    return moving;
  }

  clear(): void {
    this.#nodes = [];
    this.#groups = "";
  }
}
