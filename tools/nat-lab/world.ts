/** Runs in the public namespace, in a process of its own: `world.ts page ADDRESS FOLDER` or `world.ts relay ADDRESS KEYFILE`. */
import { startRelay } from "../../relay/relay.ts";
import { startStaticHost } from "../../relay/static-host.ts";
import { PAGE_PORT, RELAY_PORT } from "./ports.ts";

const [role = "", host = "", path = ""] = process.argv.slice(2);
if (role === "page") {
  await startStaticHost({ root: path, host, port: PAGE_PORT });
  process.send?.([]);
} else {
  const relay = await startRelay({ port: RELAY_PORT, host, privateKeyFile: path });
  process.send?.(relay.multiaddrs);
}
// Its starter ended without a word.
process.on("disconnect", () => process.exit());
