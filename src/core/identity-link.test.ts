import fc from "fast-check";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import { hexToBytes } from "./bytes.ts";
import { operatorAddress, signDigest } from "./epoch/root.ts";
import { createIdentity } from "./identity.ts";
import {
  decodeIdentityLink,
  encodeIdentityLink,
  type IdentityLink,
  linkText,
  personalMessageDigest,
  signLinkAsNode,
  verifyIdentityLink,
} from "./identity-link.ts";

const NETWORK = "bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
const OTHER_NETWORK = "bafyreia7wb5ejosqzc7cbqkqr5zqcl7fjdxcyj2fn3ljpxlcbuvnurufyq";
const node = createIdentity(hexToBytes("01".repeat(32)));
const walletKey = hexToBytes("02".repeat(32));
const code = (value: string) => expect.objectContaining({ code: value });
const link = make();

describe("identity link", () => {
  it("is what it always was (vector)", () => {
    expect(node.nodeId).toBe("8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c");
    expect(link.account).toBe("0x5050a4f4b3f9338c3472dcc01a87c76a144b3c9c");
    expect(linkText(link)).toMatchInlineSnapshot(`
      "Parley: this wallet and this node belong to one person.

      Wallet: 0x5050a4f4b3f9338c3472dcc01a87c76a144b3c9c
      Node: 8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c
      Network: bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi
      Signed at: 1800000000000 ms after 1970

      Signing costs nothing and moves no tokens."
    `);
    expect([link.nodeSignature, link.walletSignature]).toMatchInlineSnapshot(`
      [
        "55d7ca98bd567cfc003cb0e47348ad9e29c57417e040e1c1ee4aac2ae0daff9c9f2b324accc985cbc33b500cdedd75058b9368d0386a3a68c3f289576cd7ef0e",
        "1d38f28480b5bb35d70c32699e6df667e5dfdf7ee15f7bcbf402dc64b49c94d93d38674ece3d8e3e3524edd18fc2cb758ea084881d86113dcef6fef21ecc7b071c",
      ]
    `);
  });

  it("is signed as every wallet signs a personal message", async () => {
    const account = privateKeyToAccount(`0x${"02".repeat(32)}`);
    expect(`0x${link.walletSignature}`).toBe(await account.signMessage({ message: linkText(link) }));
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (text) => {
        const signature = signDigest(personalMessageDigest(text), walletKey);
        expect(`0x${signature}`).toBe(await account.signMessage({ message: text }));
      }),
      { numRuns: 20 },
    );
  });

  it("is good when both signed, also after a journey", () => {
    expect(() => verifyIdentityLink(link)).not.toThrow();
    expect(decodeIdentityLink(encodeIdentityLink(link))).toEqual(link);
  });

  it("is refused when anything in it is another's: network, node, account, time, a signature", () => {
    const other = createIdentity(hexToBytes("03".repeat(32)));
    const byNode = code("link-node-signature");
    const byWallet = code("link-wallet-signature");
    expect(() => verifyIdentityLink({ ...link, network: OTHER_NETWORK })).toThrow(byNode);
    expect(() => verifyIdentityLink({ ...link, nodeId: other.nodeId })).toThrow(byNode);
    expect(() => verifyIdentityLink({ ...link, signedAtMs: link.signedAtMs + 1 })).toThrow(byNode);
    const elsewhere: IdentityLink = { ...link, account: operatorAddress(hexToBytes("04".repeat(32))) };
    expect(() => verifyIdentityLink(elsewhere)).toThrow(byNode);
    // The node says so, the wallet never did.
    const claimed = { ...elsewhere, nodeSignature: signLinkAsNode(node.secretKey, elsewhere) };
    expect(() => verifyIdentityLink(claimed)).toThrow(byWallet);
    expect(() => verifyIdentityLink({ ...link, walletSignature: "00".repeat(65) })).toThrow(byWallet);
    expect(() => verifyIdentityLink({ ...link, nodeSignature: "00".repeat(64) })).toThrow(byNode);
  });

  it("never throws anything but a refusal, whatever bytes come", () => {
    const bytes = encodeIdentityLink(link);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(() => decodeIdentityLink(changed)).toThrow(expect.objectContaining({ name: "ParleyError" }));
      }),
    );
    expect(() => decodeIdentityLink(new Uint8Array(2_000))).toThrow(code("too-large"));
  });
});

function make(): IdentityLink {
  const account = operatorAddress(walletKey);
  const claim = { network: NETWORK, nodeId: node.nodeId, account, signedAtMs: 1_800_000_000_000 };
  const nodeSignature = signLinkAsNode(node.secretKey, claim);
  const walletSignature = signDigest(personalMessageDigest(linkText(claim)), walletKey);
  return { version: 1, ...claim, nodeSignature, walletSignature };
}
