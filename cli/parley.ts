import { ParleyError } from "../src/core/errors.ts";
import { GENESIS_USAGE, parseGenesisOptions } from "./genesis/options.ts";
import { NODE_USAGE, parseNodeOptions } from "./node/options.ts";
import { parseAuditOptions } from "./options.ts";

interface Command {
  readonly usage: string;
  /** Resolves with the exit status. */
  run(args: readonly string[]): Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  audit: {
    usage: `parley audit --epoch N [--url http://localhost:8080] [--why ACCOUNT]
    replays epochs 0 to N of the network served at the URL from its genesis: signatures, committees, benchmark runs,
    aggregation, rewards, state root, certificate, anchor, claims. --why explains what epoch N paid to an account and
    charged to its nodes.
    status: 0 "same root", 1 the first difference, 2 wrong arguments, 3 could not be checked (chain unreachable, nothing
    served, no peer): that says nothing about the network.`,
    async run(args) {
      const options = parseAuditOptions(args);
      // Loaded late: usage and wrong arguments are answered at once.
      const { audit } = await import("./audit.ts");
      return audit(options);
    },
  },
  genesis: {
    usage: GENESIS_USAGE,
    async run(args) {
      const options = parseGenesisOptions(args);
      if (options.help) {
        process.stdout.write(`usage: ${GENESIS_USAGE}\n`);
        return 0;
      }
      const { makeNetwork } = await import("./genesis.ts");
      return makeNetwork(options);
    },
  },
  node: {
    usage: NODE_USAGE,
    async run(args) {
      const options = parseNodeOptions(args);
      if (options.help) {
        process.stdout.write(`usage: ${NODE_USAGE}\n`);
        return 0;
      }
      const { runNode } = await import("./node.ts");
      return runNode(options);
    },
  },
};

const USAGE = `usage: parley COMMAND [options]

${Object.values(COMMANDS)
  .map(({ usage }) => `  ${usage}`)
  .join("\n\n")}
`;

/** Runs one command line and resolves with the exit status: 2 for one that was not understood. */
export async function main(args: readonly string[]): Promise<number> {
  const [name = "", ...rest] = args;
  if (name === "--help" || name === "-h") {
    process.stdout.write(USAGE);
    return 0;
  }
  const command = COMMANDS[name];
  if (command === undefined) {
    process.stderr.write(name === "" ? USAGE : `parley: no command ${name}\n\n${USAGE}`);
    return 2;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    process.stderr.write(`parley ${name}: ${error.message}\n`);
    if (error.code !== "bad-arguments") return 1;
    process.stderr.write(`usage: ${command.usage}\n`);
    return 2;
  }
}
