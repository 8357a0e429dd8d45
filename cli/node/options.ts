import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { failure } from "../../src/core/errors.ts";
import { urlOf } from "../options.ts";

export const NODE_USAGE = `parley node [--url http://localhost:8080] [options]
    runs a peer of the network served at the URL: it follows every epoch, keeps all that they name and serves it.
    --state DIR         where keys, messages and blocks are kept (default .parley/node); one process a folder
    --host H            address to listen on (default 127.0.0.1 in a local network, else 0.0.0.0)
    --port N            WebSocket port (default: any free one)
    --webrtc-port N     also listen for WebRTC-direct on this UDP port
    --announce ADDR     multiaddr to tell others, of a proxy in front; may be given several times
    --relay             serve as a relay for everybody
    --mailbox-port N    take signed messages by HTTP on this port
    --quota GB          keep at most so much of what epochs name (default: everything)
    --donate            stake and take part in every duty
    --key-file FILE     private key of the account that stakes, 0x and 64 hexadecimal digits
    --faucet            local networks: make an account in the state folder and fill it from the faucet
    --stake AMOUNT      stake at least so many tokens (default: the network's minimum)
    --gas-limit-gwei N  anchor only up to this price of gas (default: any price); dearer, epochs gather
    --pairs FILE        corrections to train on: JSON, [{"prompt": "…", "answer": "…"}]; read again when it changes
    --held-out FILE     the network's keeper: tasks that judge epochs, a list for each: JSON,
                        [[{"prompt": "…", "answer": "…"}]]; read again when it changes
    --threads N         threads of evaluation and training (default: half of the processors, at most 4)
    --ignore-load       work on however busy this machine is (local networks always do)
    --json              one JSON object a line instead of text
    Exit status: 0 after SIGTERM or SIGINT, 1 failure, 2 wrong arguments, 3 the state folder is in use, 4 the network
    cannot be learnt from the URL nor from the folder, 5 this node cannot donate. SIGUSR1 prints the status line.`;

export interface NodeOptions {
  readonly help: boolean;
  readonly url: string;
  readonly state: string;
  readonly host?: string;
  readonly port: number;
  readonly webrtcPort?: number;
  readonly announce: readonly string[];
  readonly relay: boolean;
  readonly mailboxPort?: number;
  readonly quotaBytes?: number;
  readonly donate?: DonateOptions;
  readonly threads: number;
  /** Duties and training do not give way to the machine's other work. */
  readonly ignoreLoad: boolean;
  readonly json: boolean;
}

export interface DonateOptions {
  /** Absent: a key of the state folder, filled from the faucet. */
  readonly keyFile?: string;
  readonly faucet: boolean;
  readonly stakeWei?: bigint;
  readonly pairsFile?: string;
  /** Lists of held-out tasks, for the network's keeper. */
  readonly heldOutFile?: string;
  /** For a unit of gas at most, when anchoring; absent: any price. */
  readonly gasLimitWei?: bigint;
}

const TOKEN_DECIMALS = 18;
const GWEI_DECIMALS = 9;

type Values = ReturnType<typeof parse>;

/** Errors: bad-arguments, with what was expected. */
export function parseNodeOptions(args: readonly string[]): NodeOptions {
  const values = parse(args);
  const donate = donateOptions(values);
  const { host } = values;
  const quota = values.quota === undefined ? undefined : positive("--quota", values.quota);
  return {
    help: values.help,
    url: urlOf(values.url),
    state: values.state,
    port: port("--port", values.port),
    announce: (values.announce ?? []).map(address),
    relay: values.relay,
    threads: threads(values.threads),
    ignoreLoad: values["ignore-load"],
    json: values.json,
    ...(host === undefined ? {} : { host: hostOf(host) }),
    ...(values["webrtc-port"] === undefined
      ? {}
      : { webrtcPort: port("--webrtc-port", values["webrtc-port"]) }),
    ...(values["mailbox-port"] === undefined
      ? {}
      : { mailboxPort: port("--mailbox-port", values["mailbox-port"]) }),
    ...(quota === undefined ? {} : { quotaBytes: Math.floor(quota * 1e9) }),
    ...(donate === undefined ? {} : { donate }),
  };
}

function donateOptions(values: Values): DonateOptions | undefined {
  const { "key-file": keyFile, faucet, stake, "gas-limit-gwei": gasLimit } = values;
  const { pairs: pairsFile, "held-out": heldOutFile } = values;
  if (!values.donate) {
    const without = {
      "--key-file": keyFile,
      "--stake": stake,
      "--pairs": pairsFile,
      "--held-out": heldOutFile,
      "--gas-limit-gwei": gasLimit,
      "--faucet": faucet || undefined,
    };
    const loose = Object.entries(without).find(([, value]) => value !== undefined)?.[0];
    if (loose !== undefined) throw bad(`${loose} says nothing without --donate`, "--donate too", loose);
    return undefined;
  }
  if (keyFile === undefined && !faucet) {
    throw bad("who pays the stake?", "--key-file FILE, or --faucet in a local network", "neither");
  }
  return {
    faucet,
    ...(keyFile === undefined ? {} : { keyFile }),
    ...(stake === undefined ? {} : { stakeWei: tokens(stake) }),
    ...(pairsFile === undefined ? {} : { pairsFile }),
    ...(heldOutFile === undefined ? {} : { heldOutFile }),
    ...(gasLimit === undefined ? {} : { gasLimitWei: gwei(gasLimit) }),
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const options = {
    url: { type: "string", default: "http://localhost:8080" },
    state: { type: "string", default: ".parley/node" },
    host: text,
    port: { type: "string", default: "0" },
    "webrtc-port": text,
    announce: { type: "string", multiple: true },
    relay: flag,
    "mailbox-port": text,
    quota: text,
    donate: flag,
    "key-file": text,
    faucet: flag,
    stake: text,
    pairs: text,
    "held-out": text,
    "gas-limit-gwei": text,
    threads: text,
    "ignore-load": flag,
    json: flag,
    help: { type: "boolean", short: "h", default: false },
  } as const;
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw failure("bad-arguments", error instanceof Error ? error.message : String(error));
  }
}

function port(name: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw bad(`${name} is out of range`, "a whole number from 0 to 65535", text);
}

function threads(text: string | undefined): number {
  if (text === undefined) return Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)));
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 64) return value;
  throw bad("--threads is out of range", "a whole number from 1 to 64", text);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0) return value;
  throw bad(`${name} is no amount`, "a number above 0", text);
}

/** Tokens have 18 decimals. */
function tokens(text: string): bigint {
  const [, whole = "", fraction = ""] = /^(\d{1,12})(?:\.(\d{1,18}))?$/.exec(text) ?? [];
  const amountWei = BigInt(whole + fraction.padEnd(TOKEN_DECIMALS, "0"));
  if (amountWei > 0n) return amountWei;
  throw bad("--stake is no amount", "tokens, for instance 150", text);
}

function gwei(text: string): bigint {
  const [, whole = "", fraction = ""] = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  const limitWei = BigInt(whole + fraction.padEnd(GWEI_DECIMALS, "0"));
  if (limitWei > 0n) return limitWei;
  throw bad("--gas-limit-gwei is no price", "gwei, for instance 20 or 0.5", text);
}

function hostOf(text: string): string {
  if (/^(\d{1,3}\.){3}\d{1,3}$/.test(text) || /^[0-9a-fA-F:]+:[0-9a-fA-F:]*$/.test(text)) return text;
  throw bad("--host is no address", "an IPv4 or IPv6 address of this machine", text);
}

/** A look at the form; what it means is read by the network. */
function address(text: string): string {
  if (/^\/(ip4|ip6|dns|dns4|dns6)\/[^/\s]+\/(tcp|udp)\/\d{1,5}(\/[^/\s]+)*$/.test(text)) return text;
  throw bad("--announce is no multiaddr", "for instance /dns4/node.example/tcp/443/wss", text);
}

function bad(message: string, expected: string, received: string) {
  return failure("bad-arguments", message, expected, received);
}
