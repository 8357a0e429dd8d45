// Registers the TypeScript loader in this thread, then runs its entry: the workerData is its URL.
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData);
