import { parseArgs } from "node:util";
import { failure } from "../src/core/errors.ts";
import { isPresetName, PRESETS, type PresetName } from "../src/core/presets.ts";
import type { LocalNetworkOptions } from "./local-network.ts";

export const START_USAGE = `usage: npm start -- [options]
  --port N            port of the page (default 8080; taken ports are replaced)
  --fresh             forget what this network did so far
  --preset NAME       rules of the network: local, parley, pip44 or openclaw (default local)
  --epoch-seconds N   length of an epoch (default 60 with --preset local, an hour with the others)
  --peers N           also run N donating node peers: a committee needs four donors (default 0)
  --state DIR         where state is kept (default .parley)
  --dist DIR          serve this built page and do not build`;

export interface StartOptions extends LocalNetworkOptions {
  readonly help: boolean;
  /** Node peers to start beside relay and chain. */
  readonly peers: number;
}

/** Errors: bad-arguments. */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const values = parse(args);
  const { dist, state } = values;
  return {
    help: values.help,
    fresh: values.fresh,
    peers: whole("--peers", values.peers, 0, 64),
    ...(values.port === undefined ? {} : { port: whole("--port", values.port, 0, 65_535) }),
    ...(values["epoch-seconds"] === undefined
      ? {}
      : { epochSeconds: whole("--epoch-seconds", values["epoch-seconds"], 4, 3_600) }),
    ...(values.preset === undefined ? {} : { preset: presetName(values.preset) }),
    ...(dist === undefined ? {} : { dist }),
    ...(state === undefined ? {} : { stateFolder: state }),
  };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      port: { type: "string" },
      fresh: { type: "boolean", default: false },
      peers: { type: "string", default: "0" },
      "epoch-seconds": { type: "string" },
      preset: { type: "string" },
      state: { type: "string" },
      dist: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    } as const;
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw failure("bad-arguments", error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw failure("bad-arguments", `${name} is out of range`, `a whole number from ${least} to ${most}`, text);
}

function presetName(text: string): PresetName {
  if (isPresetName(text)) return text;
  const names = Object.keys(PRESETS).join(", ");
  throw failure("bad-arguments", "--preset knows no such rules", `one of ${names}`, text);
}
