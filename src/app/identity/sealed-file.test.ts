import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../../sim/adapters/random.ts";
import { bytesToHex } from "../../core/bytes.ts";
import { openFile, sealFile } from "./sealed-file.ts";

const CHEAP = 14;
const random = new SeededRandom("file");
const PASSPHRASE = "a long passphrase";
const code = (value: string) => expect.objectContaining({ code: value });

describe("sealed file", () => {
  it("is what it always was (vector)", async () => {
    const file = await sealFile(
      Uint8Array.of(1, 2, 3),
      PASSPHRASE,
      new SeededRandom("vector"),
      undefined,
      CHEAP,
    );
    expect(bytesToHex(file)).toMatchInlineSnapshot(
      `"a5636b6466a5617001617208646c6f674e0e646e616d65667363727970746473616c7450df0f02c9367ecce0d3a35cff6023ba46656e6f6e63655818b5c85ed199382cd3ce931f19f6188e6f3593f072676a593766666f726d61746e7061726c65792d70726f66696c65667365616c656453fc9cf4d369451bda7fedd1df66d41d27bf064b6776657273696f6e01"`,
    );
    expect(await openFile(file, PASSPHRASE)).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("gives back what went in, whatever the passphrase's form", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 500 }),
        fc.string({ unit: "grapheme", minLength: 10, maxLength: 20 }),
        async (content, passphrase) => {
          fc.pre([...passphrase].length >= 10);
          const file = await sealFile(content, passphrase, random, undefined, CHEAP);
          expect(await openFile(file, passphrase.normalize("NFD"))).toEqual(Uint8Array.from(content));
        },
      ),
      { numRuns: 10 },
    );
  });

  it("refuses another passphrase and any changed byte", async () => {
    const file = await sealFile(new Uint8Array(40), PASSPHRASE, random, undefined, CHEAP);
    await expect(openFile(file, "a long passphrasE")).rejects.toThrow(code("profile-passphrase"));
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = file.slice();
        changed[at] = (changed[at] ?? 0) ^ change;
        await expect(openFile(changed, PASSPHRASE)).rejects.toThrow(
          expect.objectContaining({ code: expect.stringMatching(/^profile-(passphrase|file)$/) }),
        );
      }),
      { numRuns: 25 },
    );
    for (const cut of [0, 10, file.length - 1]) {
      await expect(openFile(file.subarray(0, cut), PASSPHRASE)).rejects.toThrow(code("profile-file"));
    }
  });

  it("does not let a file make this device compute for ever", async () => {
    const file = await sealFile(new Uint8Array(1), PASSPHRASE, random, undefined, CHEAP);
    const text = Buffer.from(file).toString("latin1");
    const costly = Buffer.from(text.replace("dlogN\x0e", "dlogN\x17"), "latin1");
    expect(costly.equals(file)).toBe(false);
    await expect(openFile(new Uint8Array(costly), PASSPHRASE)).rejects.toThrow(code("profile-file"));
  });

  it("refuses a short passphrase", async () => {
    await expect(sealFile(new Uint8Array(1), "123456789", random)).rejects.toThrow(code("passphrase-short"));
  });
});
