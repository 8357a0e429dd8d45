import type { Clock } from "../../ports/clock.ts";
import { systemClock } from "../../store/system.ts";
import { connectWorker, type RpcClient } from "../rpc.ts";
import type { TimerProtocol } from "./protocol.ts";

/** The wall clock, with timers that keep their second while the page is hidden. */
export function timerClock(): Clock {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "timer" });
  return clockOver(connectWorker<TimerProtocol>(worker), systemClock);
}

/** A clock over any connection; where that fails, `fallback` keeps the time. */
export function clockOver(rpc: RpcClient<TimerProtocol>, fallback: Clock): Clock {
  return {
    nowMs: () => fallback.nowMs(),
    at(atMs, task) {
      const abort = new AbortController();
      let cancelFallback: () => void = () => undefined;
      rpc.call("wait", { atMs }, { signal: abort.signal }).then(
        () => {
          if (!abort.signal.aborted) task();
        },
        () => {
          if (!abort.signal.aborted) cancelFallback = fallback.at(atMs, task);
        },
      );
      return () => {
        abort.abort();
        cancelFallback();
      };
    },
  };
}
