#!/usr/bin/env node
// Registers the TypeScript loader and runs the command line of parley.ts.
import { register } from "tsx/esm/api";

register();
const { main } = await import("./parley.ts");
process.exit(await main(process.argv.slice(2)));
