import { epochAt } from "../../src/core/epoch/clock.ts";
import { failure } from "../../src/core/errors.ts";
import type { Checker, Watched } from "./checker.ts";

/** Epochs in which nothing is broken and wallets are asked, before what was certified then must be on the chain. */
const PATIENCE_EPOCHS = 3;

/** The chain holds the roots that honest nodes follow and no others; and once nothing is broken, anchors catch up. */
export function anchors(watched: Watched): Checker {
  const checkSame = (): void => {
    for (const { state, root } of watched.certified) {
      const anchored = watched.chain.anchoredNow(state.epoch);
      if (anchored === undefined || anchored.stateRoot === root) continue;
      const message = `The chain has another root of epoch ${state.epoch} than the nodes`;
      watched.fail("anchors", failure("anchored-otherwise", message, root, anchored.stateRoot).data);
    }
  };
  const checkProgress = (epoch: number): void => {
    const lastFaultMs = Math.max(0, ...watched.faults.map(({ untilMs }) => untilMs));
    if (epochAt(watched.genesis, lastFaultMs) + PATIENCE_EPOCHS > epoch) return;
    const due = watched.certified.findLast(({ state }) => state.epoch <= epoch - PATIENCE_EPOCHS);
    if (due === undefined) return;
    const isDone = watched.certified.some(
      ({ state }) => state.epoch >= due.state.epoch && watched.chain.anchoredNow(state.epoch) !== undefined,
    );
    if (isDone) return;
    const message = `Epoch ${due.state.epoch} is not on the chain at the end of epoch ${epoch}`;
    watched.fail("anchors", failure("not-anchored", message).data);
  };
  return {
    onEpochEnd(epoch) {
      const canAnchor = watched.honest.some(
        ({ kind, condition }) => kind === "full" && condition === "awake",
      );
      if (!watched.chain.reachable || watched.weather.active.length > 0) return;
      checkSame();
      if (canAnchor) checkProgress(epoch);
    },
  };
}
