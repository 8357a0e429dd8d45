import { z } from "../core/codec/zod.ts";
import { failure } from "../core/errors.ts";
import type { Address, Cid } from "../core/primitives.ts";

/** How to reach a network: served beside the page as /network.json, never trusted for anything but addresses. */
export interface NetworkFile {
  readonly genesisCid: Cid;
  readonly relays: readonly string[];
  readonly rpcUrls: readonly string[];
  readonly chainId: number;
  readonly demoWallet: boolean;
  readonly faucet?: Address | undefined;
  /** STUN and TURN servers for tabs behind routers that allow no direct link; the browser's form. */
  readonly iceServers?: readonly IceServer[] | undefined;
  /** DNS-over-HTTPS resolvers (JSON form) that names of relays are asked of: they learn who asks. */
  readonly dnsResolvers?: readonly string[] | undefined;
  /** Plain web servers that hold blocks by CID, asked when no peer has one. */
  readonly mirrors?: readonly string[] | undefined;
  /** Nodes that take signed messages by HTTP, for when no tab is open. */
  readonly mailboxes?: readonly string[] | undefined;
}

export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}

const urls = z.array(z.url().max(512)).max(16);

const schema = z.object({
  genesisCid: z.string().min(1).max(128),
  relays: z.array(z.string().max(512)).max(16),
  rpcUrls: z.array(z.url().max(512)).min(1).max(16),
  chainId: z.int().positive(),
  demoWallet: z.boolean(),
  iceServers: z
    .array(
      z.object({
        urls: z.array(z.string().max(512)).min(1).max(8),
        username: z.string().max(512).optional(),
        credential: z.string().max(512).optional(),
      }),
    )
    .max(8)
    .optional(),
  dnsResolvers: urls.optional(),
  mirrors: urls.optional(),
  mailboxes: urls.optional(),
  faucet: z.templateLiteral(["0x", z.string().regex(/^[0-9a-fA-F]{40}$/)]).optional(),
});

/** Errors: network-file, with what was expected. */
export function parseNetworkFile(value: unknown): NetworkFile {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw failure(
    "network-file",
    "The file that says how to reach the network cannot be read",
    issue?.message,
    issue?.path.join("."),
  );
}
