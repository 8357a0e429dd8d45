import type { Simulations } from "./ports/simulation.ts";

/** Simulated networks for the page that shows them. Their worker, and what speaks with it, load when it is opened. */
export function lazySimulations(): Simulations {
  let client: Promise<Simulations> | undefined;
  const simulations = (): Promise<Simulations> => {
    client ??= import("./workers/simulator/client.ts").then(({ simulatorClient }) => simulatorClient());
    return client;
  };
  return {
    scenarios: async () => (await simulations()).scenarios(),
    start: async (settings, onFrame) => (await simulations()).start(settings, onFrame),
  };
}
