import { Library } from "../../model/download/library.ts";
import { opfsModelFiles } from "../../store/opfs/model-files.ts";
import { serveRpc } from "../rpc.ts";
import { workerScope } from "../worker-scope.ts";
import { modelsHandlers } from "./handlers.ts";
import type { ModelsProtocol } from "./protocol.ts";

const files = opfsModelFiles();

serveRpc<ModelsProtocol>(
  workerScope,
  modelsHandlers((artifacts) => new Library({ files, artifacts })),
);
