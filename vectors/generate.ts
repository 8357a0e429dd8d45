/** Writes every vector file from the code as it is. Run it only when the protocol was meant to change, and read the diff. */
import { epochRootVector } from "./lib/epoch-root.ts";
import { writeVector } from "./lib/write.ts";

writeVector("epoch-root.json", epochRootVector());
