import type { Libp2p } from "@libp2p/interface";
import type { Peers } from "../peers.ts";

/** What blocks need of the node underneath. */
export type ContentHost = Pick<Libp2p, "handle" | "unhandle" | "addEventListener" | "removeEventListener">;
export type ContentPeers = Pick<Peers, "connected" | "best">;
