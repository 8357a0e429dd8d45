/** Writes every vector file from the code as it is. Run it only when the protocol was meant to change, and read the diff. */
import { KINDS, type Kind } from "../src/core/messages/kinds.ts";
import { epochRootVector } from "./lib/epoch-root.ts";
import { juryRulingVector } from "./lib/jury-ruling.ts";
import { messageVectors } from "./lib/messages.ts";
import { operatorBindingVector } from "./lib/operator-binding.ts";
import { protocolVectors } from "./lib/protocol.ts";
import { writeVector } from "./lib/write.ts";

writeVector("epoch-root.json", epochRootVector());
writeVector("operator-binding.json", operatorBindingVector());
writeVector("jury-ruling.json", juryRulingVector());
const kinds: readonly Kind[] = [
  "commit",
  "submission",
  "attestation",
  "message-set",
  "epoch-vote",
  "proposal",
  "ballot",
  "receipt",
  "evidence",
  "dispute",
  "ruling",
  "held-out-commit",
  "held-out-reveal",
];
if (kinds.length !== Object.keys(KINDS).length) throw new Error("a message kind is missing from the list");
for (const kind of kinds) writeVector(`messages/${kind}.json`, messageVectors(kind));
for (const [name, vector] of Object.entries(protocolVectors())) writeVector(`${name}.json`, vector);
