import { parseArgs } from "node:util";
import { failure } from "../src/core/errors.ts";

export interface AuditOptions {
  /** The last epoch to replay. */
  readonly epoch: number;
  /** Where the network's page is served. */
  readonly url: string;
}

const DEFAULT_URL = "http://localhost:8080";

/** Errors: bad-arguments, with what was expected. */
export function parseAuditOptions(args: readonly string[]): AuditOptions {
  const { epoch, url } = parse(args);
  if (epoch === undefined || !/^\d{1,9}$/.test(epoch)) {
    throw failure("bad-arguments", "which epoch?", "--epoch N, a whole number from 0", epoch ?? "nothing");
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw failure("bad-arguments", "where is the network?", "--url http://HOST:PORT", url);
  }
  return { epoch: Number(epoch), url: url.replace(/\/+$/, "") };
}

function parse(args: readonly string[]): { epoch?: string; url: string } {
  try {
    const options = { epoch: { type: "string" }, url: { type: "string", default: DEFAULT_URL } } as const;
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw failure("bad-arguments", error instanceof Error ? error.message : String(error));
  }
}
