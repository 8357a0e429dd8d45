import { CarWriter, CarReader as ReferenceReader } from "@ipld/car";
import fc from "fast-check";
import { CID } from "multiformats/cid";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../bytes.ts";
import { cidOf, encodeCbor } from "../codec/dag-cbor.ts";
import { LIMITS } from "../limits.ts";
import { type CarBlock, CarReader, carHeader, carSection } from "./car.ts";

const blockOf = (value: unknown): CarBlock => {
  const bytes = encodeCbor(value);
  return { cid: cidOf(bytes), bytes };
};
const blocks = [blockOf({ set: 1 }), blockOf("member"), blockOf(new Uint8Array(500)), blockOf([1, 2])];
const root = blocks[0]?.cid ?? "";
const fileOf = (list: readonly CarBlock[]): Uint8Array =>
  concatBytes(carHeader(root), ...list.map((block) => carSection(block)));
const file = fileOf(blocks);

/** In pieces that end at these places. */
function read(bytes: Uint8Array, cuts: readonly number[], of = root): CarBlock[] {
  const reader = new CarReader(of);
  const found: CarBlock[] = [];
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    found.push(...reader.push(bytes.subarray(from, cut)));
    from = cut;
  }
  found.push(...reader.push(bytes.subarray(from)));
  reader.end();
  return found;
}

describe("an archive file", () => {
  it("is the file that the reference library writes, byte by byte", async () => {
    const { writer, out } = CarWriter.create([CID.parse(root)]);
    const written = (async () => {
      const pieces: Uint8Array[] = [];
      for await (const piece of out) pieces.push(piece);
      return concatBytes(...pieces);
    })();
    for (const { cid, bytes } of blocks) await writer.put({ cid: CID.parse(cid), bytes });
    await writer.close();
    expect(file).toEqual(await written);
    const reader = await ReferenceReader.fromBytes(file);
    expect((await reader.getRoots()).map(String)).toEqual([root]);
  });

  it("comes back block by block, in whatever pieces it comes", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(file.length)), (cuts) => {
        expect(read(file, cuts)).toEqual(blocks);
      }),
    );
  });

  it.each<[string, Uint8Array, string]>([
    ["one byte of a block is another", file.with(file.length - 1, 9), "wrong-hash"],
    ["it ends early", file.subarray(0, file.length - 1), "car-malformed"],
    ["it is of another root", fileOf([]).with(30, 7), "car-root"],
    ["a length is longer than it need be", concatBytes(fileOf([]), Uint8Array.of(0xa8, 0)), "car-malformed"],
    ["a length never ends", concatBytes(fileOf([]), new Uint8Array(9).fill(0x80)), "car-malformed"],
    ["a block is empty", concatBytes(fileOf([]), Uint8Array.of(3, 1, 2, 3)), "car-malformed"],
    ["a block is too large", concatBytes(fileOf([]), Uint8Array.of(0xff, 0xff, 0xff, 0x7f)), "too-large"],
  ])("is refused when %s", (_case, bytes, code) => {
    expect(() => read(bytes, [])).toThrow(
      expect.objectContaining({ code, data: expect.objectContaining({ verdict: "REJECT" }) }),
    );
  });

  it("is refused by a named reason, whatever comes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(file.length), (bytes, keep) => {
        try {
          read(concatBytes(file.subarray(0, keep), bytes), [keep]);
        } catch (thrown) {
          expect(thrown).toMatchObject({ data: { verdict: "REJECT" } });
        }
      }),
      { numRuns: 1_000 },
    );
    expect(LIMITS.artifactBytes).toBeLessThan(2 ** 28);
  });
});
