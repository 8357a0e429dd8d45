/**
 * What tabs of one profile say to each other: structured clones over the Tabs port. Every message names the form
 * (`parley`), the build that sent it and the tab it comes from; a message of another build is heard as that alone.
 *
 *   any → all       {kind: "seek"}                              who runs the node?
 *   node → all      {kind: "here"}                              this tab does; said at its start and when sought
 *   node → all      {kind: "value", name, value}                an observable of the node has changed
 *   any → one       {kind: "call", to, id, method, args}        one answer follows: result or error
 *   one → caller    {kind: "event" | "result" | "error", to, id, …}
 */
import { z } from "../../core/codec/zod.ts";
import { LIMITS } from "../../core/limits.ts";

export const FORM = 1;

const tab = z.string().min(1).max(LIMITS.tabNameCharacters);
const name = z.string().min(1).max(LIMITS.tabNameCharacters);
const id = z.int().min(1);
const sentence = z.string().max(LIMITS.tabErrorCharacters);

const header = { parley: z.literal(FORM), build: z.string().max(LIMITS.tabErrorCharacters), from: tab };

const errorData = z.strictObject({
  code: z.string().max(LIMITS.tabNameCharacters),
  message: sentence,
  expected: z.exactOptional(sentence),
  received: z.exactOptional(sentence),
  verdict: z.exactOptional(z.enum(["REJECT", "IGNORE"])),
});

const tabMessage = z.discriminatedUnion("kind", [
  z.strictObject({ ...header, kind: z.literal("seek") }),
  z.strictObject({ ...header, kind: z.literal("here") }),
  z.strictObject({ ...header, kind: z.literal("value"), name, value: z.unknown() }),
  z.strictObject({
    ...header,
    kind: z.literal("call"),
    to: tab,
    id,
    method: name,
    args: z.array(z.unknown()).max(LIMITS.tabCallArguments),
  }),
  z.strictObject({ ...header, kind: z.literal("event"), to: tab, id, event: z.unknown() }),
  z.strictObject({ ...header, kind: z.literal("result"), to: tab, id, value: z.unknown() }),
  z.strictObject({ ...header, kind: z.literal("error"), to: tab, id, error: errorData }),
]);
export type TabMessage = z.infer<typeof tabMessage>;

const anyBuild = z.looseObject(header);

export type Heard =
  | { readonly kind: "message"; readonly message: TabMessage }
  /** Of a tab that runs another build of the app. */
  | { readonly kind: "other-build"; readonly build: string }
  | { readonly kind: "malformed" };

/** What came over the channel, for a tab of `build`. */
export function readTabMessage(data: unknown, build: string): Heard {
  const checked = anyBuild.safeParse(data);
  if (!checked.success) return { kind: "malformed" };
  if (checked.data.build !== build) return { kind: "other-build", build: checked.data.build };
  const message = tabMessage.safeParse(data);
  return message.success ? { kind: "message", message: message.data } : { kind: "malformed" };
}

/** An error as it fits a message. */
export function fittingError(error: z.infer<typeof errorData>): z.infer<typeof errorData> {
  const cut = (text: string) => text.slice(0, LIMITS.tabErrorCharacters);
  return {
    code: error.code.slice(0, LIMITS.tabNameCharacters),
    message: cut(error.message),
    ...(error.expected === undefined ? {} : { expected: cut(error.expected) }),
    ...(error.received === undefined ? {} : { received: cut(error.received) }),
    ...(error.verdict === undefined ? {} : { verdict: error.verdict }),
  };
}
