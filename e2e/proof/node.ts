import { createNodeModel } from "../../src/model/node.ts";
import { prove } from "./prove.ts";

/** `tsx node.ts FOLDER THREADS`: the proof as JSON. A process of its own, because the runtime keeps its threads. */
const [folder = "", threads = "1"] = process.argv.slice(2);
const node = await createNodeModel(folder, Number(threads));
process.stdout.write(JSON.stringify(await prove(node.trainer, node.evaluator)));
await node.release();
