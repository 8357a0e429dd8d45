import fc from "fast-check";
import { CID } from "multiformats/cid";
import * as Digest from "multiformats/hashes/digest";
import { describe, expect, it } from "vitest";
import { bytesToHex } from "../bytes.ts";
import { cidText, cidTextBytes, DAG_CBOR_CODE, RAW_CODE } from "./cid-text.ts";
import { cidBytes, cidDigest, cidOfDigest, parseCid } from "./dag-cbor.ts";

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
const code = fc.constantFrom(DAG_CBOR_CODE, RAW_CODE);

describe("text of a CID", () => {
  it("is what the multiformats library writes and reads", () => {
    fc.assert(
      fc.property(code, digest, (codec, bytes) => {
        const known = CID.createV1(codec, Digest.create(0x12, bytes));
        const text = known.toString();
        expect(cidText(codec, bytes)).toBe(text);
        expect(cidTextBytes(text)).toEqual(known.bytes);
        expect(parseCid(text).equals(known)).toBe(true);
        expect(cidDigest(text)).toBe(bytesToHex(bytes));
      }),
    );
  });

  it("has one way to be written: any other character in any place is another CID or none", () => {
    const text = cidOfDigest(new Uint8Array(32).fill(0xa5), "dag-cbor");
    const edit = fc.tuple(
      fc.nat(text.length - 1),
      fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz2345670189AZ= é"),
    );
    fc.assert(
      fc.property(edit, ([at, character]) => {
        const edited = text.slice(0, at) + character + text.slice(at + 1);
        const bytes = cidTextBytes(edited);
        if (bytes !== undefined) expect(CID.decode(bytes).toString()).toBe(edited);
      }),
    );
  });

  it.each([
    ["nothing", ""],
    ["a CIDv0", "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"],
    ["upper case", cidOfDigest(new Uint8Array(32), "raw").toUpperCase()],
    [
      "another base",
      CID.parse(cidOfDigest(new Uint8Array(32), "raw"))
        .toString()
        .replace(/^b/, "z"),
    ],
    ["another codec", CID.createV1(0x70, Digest.create(0x12, new Uint8Array(32))).toString()],
    ["another hash", CID.createV1(0x71, Digest.create(0x1b, new Uint8Array(32))).toString()],
    ["another length", CID.createV1(0x71, Digest.create(0x12, new Uint8Array(31))).toString()],
    ["bits behind the end", `${cidOfDigest(new Uint8Array(32), "raw").slice(0, -1)}b`],
  ])("is refused for %s", (_name, text) => {
    expect(cidTextBytes(text)).toBeUndefined();
    expect(() => cidBytes(text)).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: "malformed-cid", received: text }) }),
    );
  });
});
