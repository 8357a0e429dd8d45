import { type ErrorData, toErrorData } from "../../core/errors.ts";
import type {
  RunningSimulation,
  SimulationFrame,
  SimulationSettings,
  Simulations,
} from "../../ports/simulation.ts";
import { connectWorker, type RpcClient } from "../rpc.ts";
import type { SimulatorProtocol } from "./protocol.ts";

/** The Simulations port. Each run has a worker of its own, whose end stops it whatever it is computing. */
export function simulatorClient(): Simulations {
  return simulationsOver(() =>
    connectWorker<SimulatorProtocol>(
      new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "simulator" }),
    ),
  );
}

/** The port over any connections that speak the protocol; each is closed when it is not needed any more. */
export function simulationsOver(connect: () => RpcClient<SimulatorProtocol>): Simulations {
  return {
    async scenarios() {
      const rpc = connect();
      try {
        return await rpc.call("scenarios", null);
      } finally {
        rpc.close();
      }
    },
    start: (settings, onFrame) => startOver(connect(), settings, onFrame),
  };
}

function startOver(
  rpc: RpcClient<SimulatorProtocol>,
  settings: SimulationSettings,
  onFrame: (frame: SimulationFrame) => void,
): Promise<RunningSimulation> {
  let stopped = false;
  let last: SimulationFrame | undefined;
  const show = (frame: SimulationFrame): void => {
    last = frame;
    onFrame(frame);
  };
  const stop = (): void => {
    stopped = true;
    rpc.close();
  };
  return new Promise((resolve, reject) => {
    const fail = (thrown: unknown): void => {
      const error = toErrorData(thrown);
      rpc.close();
      // Before the start there is nothing to show; a promise that is settled ignores this.
      reject(thrown);
      if (last !== undefined && !stopped) show(endedBy(last, error));
    };
    rpc
      .call("run", settings, {
        onEvent(event) {
          if (event.kind === "frame") show(event.frame);
          else resolve({ ...control(rpc), stop });
        },
      })
      .catch(fail);
  });
}

/** Orders go out without waiting: what came of them is in the frames. */
function control(rpc: RpcClient<SimulatorProtocol>): Omit<RunningSimulation, "stop"> {
  const order = (sent: Promise<null>): void => void sent.catch(() => undefined);
  return {
    inject: (fault) => order(rpc.call("inject", fault)),
    pause: () => order(rpc.call("pause", null)),
    resume: () => order(rpc.call("resume", null)),
    setSpeed: (virtualMsPerSecond) => order(rpc.call("setSpeed", virtualMsPerSecond)),
  };
}

function endedBy(last: SimulationFrame, error: ErrorData): SimulationFrame {
  const failure = { atMs: last.nowMs, checker: "worker", error };
  return { ...last, failures: [...last.failures, failure], finished: true };
}
