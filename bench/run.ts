import type { Emit, Figure } from "./figure.ts";

/** `npm run bench -- [group…]`: one JSON line a figure on standard output, everything else on standard error. */

interface Group {
  run(emit: Emit): Promise<void> | void;
}

const GROUPS: Readonly<Record<string, () => Promise<Group>>> = {
  model: () => import("./model.ts"),
  "model-peers": () => import("./model-peers.ts"),
  "model-memory": () => import("./model-memory.ts"),
  "model-constrained": () => import("./model-constrained.ts"),
  core: () => import("./core.ts"),
  "core-attacks": () => import("./attack-protocol.ts"),
  p2p: () => import("./p2p.ts"),
  "p2p-connect": () => import("./p2p-connect.ts"),
  "p2p-gossip": () => import("./p2p-gossip.ts"),
  "p2p-attacks": () => import("./p2p-attacks.ts"),
  "p2p-catchup": () => import("./p2p-catchup.ts"),
  chain: () => import("./chain.ts"),
  app: () => import("./app.ts"),
  "app-idle": () => import("./app-idle.ts"),
};

function emit(figure: Figure): void {
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

/** Libraries write to the console; only figures may reach standard output. */
function redirectConsole(): void {
  for (const method of ["log", "info", "debug"] as const) console[method] = console.error;
}

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => GROUPS[name] === undefined);
  if (unknown.length > 0) {
    console.error(`unknown group ${unknown.join(", ")}; groups: ${Object.keys(GROUPS).join(", ")}`);
    return 2;
  }
  redirectConsole();
  let status = 0;
  for (const [name, load] of Object.entries(GROUPS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    try {
      await (await load()).run(emit);
    } catch (error) {
      console.error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      status = 1;
    }
  }
  return status;
}

process.exit(await main(process.argv.slice(2)));
