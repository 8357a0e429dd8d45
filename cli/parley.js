#!/usr/bin/env node
// Registers the TypeScript loader and runs the command line of parley.ts.
import { register } from "tsx/esm/api";

// Node would open its debugger at this signal, which asks a running peer for its status.
process.on("SIGUSR1", () => {});
register();
const { main } = await import("./parley.ts");
process.exit(await main(process.argv.slice(2)));
