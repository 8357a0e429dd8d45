import { epochAt, epochStartMs } from "../../src/core/epoch/clock.ts";
import { failure } from "../../src/core/errors.ts";
import type { Checker, Watched } from "./checker.ts";

/** Epochs with work that may pass after the network has healed before one of them must be certified everywhere. */
const PATIENCE_EPOCHS = 3;

/** When there is work and nothing is broken any more, epochs are certified again, and everybody awake follows. */
export function progress(watched: Watched): Checker {
  const honest = new Set(watched.honest.map(({ plan }) => plan.index));
  let healthySinceEpoch = 0;
  let looked = 0;
  const withWork = new Set<number>();
  const lookAtPackets = (): void => {
    for (; looked < watched.mesh.packets.length; looked++) {
      const packet = watched.mesh.packets[looked];
      if (packet?.message?.kind !== "submission" || !honest.has(packet.author)) continue;
      withWork.add(packet.message.envelope.body.epoch);
    }
  };
  return {
    onEpochEnd(epoch) {
      lookAtPackets();
      const lastFaultMs = Math.max(
        0,
        ...watched.faults.filter(({ atMs }) => atMs <= watched.queue.nowMs()).map(({ untilMs }) => untilMs),
      );
      if (watched.weather.active.length > 0 || lastFaultMs > epochStartMs(watched.genesis, epoch)) {
        healthySinceEpoch = Math.max(epoch + 1, epochAt(watched.genesis, lastFaultMs) + 1);
        return;
      }
      const worked = [...withWork]
        .filter((one) => one >= healthySinceEpoch && one < epoch)
        .sort((a, b) => a - b);
      if (worked.length < PATIENCE_EPOCHS) return;
      const expected = worked.at(-PATIENCE_EPOCHS) ?? 0;
      for (const node of watched.honest) {
        if (node.condition !== "awake" || node.head.state.epoch >= expected) continue;
        const message = `${node.plan.name} (${node.kind}) stands still although the network has healed`;
        const received = `epoch ${node.head.state.epoch} at the end of epoch ${epoch}`;
        watched.fail(
          "progress",
          failure("no-progress", message, `epoch ${expected} or later`, received).data,
        );
      }
    },
  };
}
