import "../../src/p2p/node-polyfills.ts";
import { z } from "zod";
import { createNetwork } from "../../src/p2p/node.ts";
import { repairNodeWebRtc } from "../../src/p2p/node-webrtc.ts";

const order = z
  .object({ listen: z.array(z.string()), relays: z.array(z.string()), networkName: z.string() })
  .parse(JSON.parse(process.argv[2] ?? "{}"));

repairNodeWebRtc();
const { libp2p } = await createNetwork({
  ...order,
  identitySeed: crypto.getRandomValues(new Uint8Array(32)),
  blocks: { kind: "memory" },
  localNetwork: true,
  platform: "node",
});
process.send?.({ peerId: libp2p.peerId.toString() });
