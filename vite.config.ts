import { defineConfig } from "vite";
import { REMOVE_RUNTIME_COPIES, RUNTIME_CONDITION } from "./tools/build/runtime.ts";

/** Threads and exact timers need cross-origin isolation; the relay's static host sends the same headers. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Browsers with everything the app needs without translation: WebGPU or not, but module workers, light-dark(), OPFS. */
const browsers = ["chrome123", "firefox128", "safari17.5"];

/** What only those fetch who ask for it: the service worker does not load it ahead, but keeps it once it was used. */
const ON_DEMAND = /[\\/]node_modules[\\/]@mlc-ai[\\/]web-llm[\\/]/;

const output = {
  chunkFileNames: ({ moduleIds }: { readonly moduleIds: readonly string[] }): string =>
    moduleIds.some((id) => ON_DEMAND.test(id))
      ? "assets/on-demand/[name]-[hash].js"
      : "assets/[name]-[hash].js",
};

const conditions = [RUNTIME_CONDITION, "module", "browser", "development|production"];

export default defineConfig({
  appType: "spa",
  build: {
    target: browsers,
    cssTarget: browsers,
    outDir: "dist",
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { output },
  },
  resolve: { conditions },
  worker: { format: "es", rolldownOptions: { output }, plugins: () => [REMOVE_RUNTIME_COPIES] },
  plugins: [REMOVE_RUNTIME_COPIES],
  server: { headers },
  preview: { headers },
});
