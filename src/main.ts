import "./ui/app.ts";
import { registerServiceWorker } from "./ui/update.ts";

if (import.meta.env.PROD) void registerServiceWorker();
