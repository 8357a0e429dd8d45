import { parseArgs } from "node:util";
import { failure } from "../../src/core/errors.ts";
import { urlOf } from "../options.ts";

export const DEPLOYER_KEY_VARIABLE = "PARLEY_DEPLOYER_KEY";

export const GENESIS_USAGE = `parley genesis --config FILE [options]
    makes a network: contracts on the chain (only what is not there yet: run it again after whatever stopped it), read
    back and compared, then genesis.cbor, genesis.json, network.json and deployment.json.
    --config FILE       what the network is (JSON, docs/operators.md)
    --out DIR           where the files go (default network)
    --rpc URL           JSON-RPC of the chain (default: the first of the config's rpcUrls); never written to a file
    --key-file FILE     private key of the account that pays, 0x and 64 hexadecimal digits; or ${DEPLOYER_KEY_VARIABLE}
    --plan              sends nothing: prints the transactions, for any wallet; when they are there, run it without
                        --plan and without a key: it checks and writes
    --model DIR         folder of model.json (default public/model)
    Exit status: 0 the network is there (or the plan is printed), 1 failure, 2 wrong arguments.`;

export interface GenesisOptions {
  readonly help: boolean;
  readonly config: string;
  readonly out: string;
  readonly rpcUrl?: string;
  readonly keyFile?: string;
  readonly plan: boolean;
  readonly model: string;
}

/** Errors: bad-arguments, with what was expected. */
export function parseGenesisOptions(args: readonly string[]): GenesisOptions {
  const { help, config, out, rpc, "key-file": keyFile, plan, model } = parse(args);
  if (config === undefined && !help) throw bad("what is the network?", "--config FILE", "nothing");
  return {
    help,
    config: config ?? "",
    out,
    plan,
    model,
    ...(rpc === undefined ? {} : { rpcUrl: urlOf(rpc) }),
    ...(keyFile === undefined ? {} : { keyFile }),
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const options = {
    config: text,
    out: { type: "string", default: "network" },
    rpc: text,
    "key-file": text,
    plan: { type: "boolean", default: false },
    model: { type: "string", default: "public/model" },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw failure("bad-arguments", error instanceof Error ? error.message : String(error));
  }
}

function bad(message: string, expected: string, received: string) {
  return failure("bad-arguments", message, expected, received);
}
