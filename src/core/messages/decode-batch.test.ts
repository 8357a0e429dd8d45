import { describe, expect, it } from "vitest";
import { readVector } from "../../../vectors/lib/read.ts";
import { hexToBytes } from "../bytes.ts";
import { z } from "../codec/zod.ts";
import { toErrorData } from "../errors.ts";
import { decodeMessages } from "./decode-batch.ts";
import { KINDS } from "./kinds.ts";
import { decodeMessage } from "./message.ts";

const file = z.object({
  network: z.string(),
  good: z.array(z.object({ bytes: z.string() })),
  refused: z.array(z.object({ bytes: z.string().optional() })),
});

function outcomeOf(bytes: Uint8Array, network: string) {
  try {
    return { message: decodeMessage(bytes, network) };
  } catch (thrown) {
    return { error: toErrorData(thrown) };
  }
}

describe("messages decoded together", () => {
  it.each(Object.keys(KINDS))("come out as they do one by one, good and refused: %s", (kind) => {
    const { network, good, refused } = readVector(`messages/${kind}.json`, file);
    const all = [...good, ...refused, ...good].map(({ bytes = "" }) => hexToBytes(bytes));
    expect(decodeMessages(all, network)).toEqual(all.map((bytes) => outcomeOf(bytes, network)));
  });

  it("come out as nothing when there are none", () => {
    expect(decodeMessages([], "")).toEqual([]);
  });
});
