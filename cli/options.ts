import { parseArgs } from "node:util";
import { failure } from "../src/core/errors.ts";
import type { Address } from "../src/core/primitives.ts";

export interface AuditOptions {
  /** The last epoch to replay. */
  readonly epoch: number;
  /** Where the network's page is served. */
  readonly url: string;
  /** Whose payments and charges of that epoch to explain. */
  readonly why?: Address;
}

const DEFAULT_URL = "http://localhost:8080";

/** Errors: bad-arguments, with what was expected. */
export function parseAuditOptions(args: readonly string[]): AuditOptions {
  const { epoch, url, why } = parse(args);
  if (epoch === undefined || !/^\d{1,9}$/.test(epoch)) {
    throw failure("bad-arguments", "which epoch?", "--epoch N, a whole number from 0", epoch ?? "nothing");
  }
  const asked = { epoch: Number(epoch), url: urlOf(url) };
  return why === undefined ? asked : { ...asked, why: accountOf(why) };
}

/** Where a network is served, without a closing slash. Errors: bad-arguments. */
export function urlOf(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw failure("bad-arguments", "where is the network?", "--url http://HOST:PORT", url);
  }
  return url.replace(/\/+$/, "");
}

function accountOf(text: string): Address {
  const digits = /^0x([0-9a-f]{40})$/i.exec(text)?.[1];
  if (digits === undefined) {
    throw failure("bad-arguments", "why was who paid?", "--why 0x and 40 hexadecimal digits", text);
  }
  return `0x${digits.toLowerCase()}`;
}

function parse(args: readonly string[]): { epoch?: string; url: string; why?: string } {
  try {
    const options = {
      epoch: { type: "string" },
      url: { type: "string", default: DEFAULT_URL },
      why: { type: "string" },
    } as const;
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw failure("bad-arguments", error instanceof Error ? error.message : String(error));
  }
}
