/**
 * WebRTC of a Node process: imported by Node entries that listen on it, and never by the page. The binding is
 * node-datachannel (https://github.com/murat-dogan/node-datachannel).
 */
import "reflect-metadata";
import { X509CertificateGenerator } from "@peculiar/x509";
import { base64url } from "multiformats/bases/base64";
import { sha256 } from "multiformats/hashes/sha2";
import { RTCPeerConnection } from "node-datachannel/polyfill";
import { z } from "../core/codec/zod.ts";
import type { Store } from "../ports/store.ts";
import type { TransportCertificate } from "./libp2p.ts";
import { repairInitChannel } from "./webrtc-init-channel.ts";

const KEY = "p2p/webrtc-direct-certificate";
/** Its hash stands in the addresses that others remember: it outlives every node. Nobody checks the dates. */
const VALID_YEARS = 30;

const schema = z.object({ privateKey: z.string(), pem: z.string(), certhash: z.string() });

/** As webrtc-init-channel.ts does it for pages; once, before the node starts. */
export function repairNodeWebRtc(): void {
  repairInitChannel({ RTCPeerConnection });
}

/** The certificate kept in the store, made when there is none, so that the node's addresses stay the same. */
export async function keptCertificate(
  store: Pick<Store, "getValue" | "setValue">,
): Promise<TransportCertificate> {
  const kept = await store.getValue(KEY);
  if (kept !== undefined) return schema.parse(JSON.parse(new TextDecoder().decode(kept)));
  const made = await makeCertificate();
  await store.setValue(KEY, new TextEncoder().encode(JSON.stringify(made)));
  return made;
}

/** Self-signed, ECDSA P-256, as WebRTC-direct wants it (https://github.com/libp2p/specs/blob/master/webrtc/webrtc-direct.md). */
async function makeCertificate(): Promise<TransportCertificate> {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const notBefore = new Date();
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + VALID_YEARS);
  const serial = crypto.getRandomValues(new Uint8Array(8));
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: `01${Buffer.from(serial).toString("hex")}`,
      name: "CN=parley",
      notBefore,
      notAfter,
      signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
      keys,
    },
    crypto,
  );
  const privateKey = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  const { bytes } = await sha256.digest(new Uint8Array(certificate.rawData));
  return {
    privateKey: `-----BEGIN PRIVATE KEY-----\n${wrapped(privateKey.toString("base64"))}\n-----END PRIVATE KEY-----`,
    pem: certificate.toString("pem"),
    certhash: base64url.encode(bytes),
  };
}

function wrapped(text: string): string {
  return (text.match(/.{1,64}/g) ?? []).join("\n");
}
