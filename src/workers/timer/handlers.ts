import type { Clock } from "../../ports/clock.ts";
import type { Handlers } from "../rpc.ts";
import type { TimerProtocol } from "./protocol.ts";

export const timerHandlers = (clock: Clock): Handlers<TimerProtocol> => ({
  wait: ({ atMs }, { signal }) =>
    new Promise((resolve) => {
      const cancel = clock.at(atMs, () => resolve(undefined));
      signal.addEventListener("abort", () => {
        cancel();
        resolve(undefined);
      });
    }),
});
