/** Writes one author's log message by message until it is killed; tells its parent after each that is resolved. */
import { createLevelStore } from "../store.ts";

const [folder = "", network = ""] = process.argv.slice(2);
const store = await createLevelStore({ folder, network });
for (let sequence = 0; ; sequence++) {
  await store.addMessage({
    cid: `bafyreia${sequence}`,
    author: "a".repeat(64),
    sequence,
    kind: "commit",
    epoch: 1,
    bytes: new Uint8Array(2_000).fill(sequence % 256),
    receivedAtMs: sequence,
  });
  process.send?.(sequence + 1);
}
