import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { z } from "zod";

export interface NodePeerOrder {
  readonly listen: readonly string[];
  readonly relays: readonly string[];
  readonly networkName: string;
}

export interface NodePeer {
  readonly peerId: string;
  kill(): void;
}

const ready = z.object({ peerId: z.string() });

/** A bare node in a process of its own, as Node peers are. */
export async function startNodePeer(order: NodePeerOrder): Promise<NodePeer> {
  const file = fileURLToPath(new URL("./node-peer-child.ts", import.meta.url));
  const child = fork(file, [JSON.stringify(order)], { execArgv: ["--import", "tsx"] });
  const message = await new Promise<unknown>((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (status) => reject(new Error(`the node ended with status ${status}`)));
  });
  return { peerId: ready.parse(message).peerId, kill: () => void child.kill("SIGKILL") };
}
