import { vi } from "vitest";
import { describeClock } from "../ports/acceptance/clock.ts";
import { describeRandom } from "../ports/acceptance/random.ts";
import { systemClock, systemRandom } from "./system.ts";

describeClock("system", async () => {
  vi.useFakeTimers();
  return {
    clock: systemClock,
    advance: async (ms) => {
      await vi.advanceTimersByTimeAsync(ms);
    },
    dispose: async () => {
      vi.useRealTimers();
    },
  };
});

describeRandom("system", async () => ({ random: systemRandom, dispose: async () => {} }));
