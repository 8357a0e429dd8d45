import { z } from "zod";

/** Between page and bridge, by window.postMessage. */
export const pageCall = z.object({
  type: z.literal("parley-test-extension/call"),
  id: z.number(),
  method: z.string(),
  params: z.array(z.unknown()),
});
export const pageAnswer = z.object({
  type: z.literal("parley-test-extension/answer"),
  id: z.number(),
  answer: z.unknown(),
});

/** Between the extension's parts, by chrome.runtime.sendMessage. */
export const walletCall = z.object({
  type: z.literal("call"),
  method: z.string(),
  params: z.array(z.unknown()),
});
/** The approval page asks what it should show, and tells what the person pressed. */
export const approvalRead = z.object({ type: z.literal("approval"), id: z.string() });
export const approvalAnswer = z.object({
  type: z.literal("approve"),
  id: z.string(),
  agreed: z.boolean(),
});
export const approvalShown = z.object({ title: z.string(), origin: z.string(), detail: z.string() });

export const answer = z.union([
  z.object({ error: z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() }) }),
  z.object({ result: z.unknown() }),
]);
export type Answer = z.output<typeof answer>;

/** config.json, written when the extension is bundled. */
export const config = z.object({
  rpcUrl: z.string(),
  chainId: z.number(),
  privateKey: z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{64}$/)]),
});
export type Config = z.output<typeof config>;
