// The layers of docs/architecture.md: core ← ports ← app ← ui; adapters (model, p2p, store, chain, device) see core and
// ports only; workers, entry points and everything outside src/ compose. Parsed with swc: TypeScript 7 has no
// JavaScript API for other tools.

const TEST = "\\.(test|spec)\\.ts$|^src/ports/acceptance/";
const ADAPTERS = ["model", "p2p", "store", "chain", "device"];
/** The page "Simulator" runs the simulator itself. */
const SIMULATOR = "^src/workers/simulator/";
const ENTRY = "^src/(main|main-[a-z]+|sw)\\.ts$";
const OUTSIDE = "^(relay|cli|sim|bench|e2e|tools|vectors|contracts)/";
/** Native code and threads of Node: entries outside src/ compose them, no page may. */
const NODE_ONLY = "^src/(store/level/|workers/threads/|p2p/node-webrtc\\.ts)";
const REGISTERED = [
  "^src/(core|ports|app|ui|model|p2p|store|chain|device|workers)/",
  ENTRY,
  OUTSIDE,
  "^[^/]+\\.config\\.(ts|js|mjs)$",
  "^\\.dependency-cruiser\\.mjs$",
];
const PACKAGE = "node_modules/";

/** Files of `from` may import, inside the project, only what matches one of `allowed`. */
function layer(name, from, allowed, comment, except = []) {
  return {
    name: `layer-${name}`,
    severity: "error",
    comment,
    from: { path: from, pathNot: [TEST, ...except] },
    to: {
      path: "^[a-z][^/]*(/|\\.ts$)",
      pathNot: [...allowed, PACKAGE],
      dependencyTypesNot: ["core", "npm"],
    },
  };
}

/** Files of `from` may import only these npm packages, and nothing of Node. */
function packages(name, from, allowed) {
  return {
    name: `packages-${name}`,
    severity: "error",
    comment: `${name} may use only these packages: ${allowed.join(", ") || "none"}`,
    from: { path: from, pathNot: TEST },
    to: {
      dependencyTypes: ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown", "core"],
      ...(allowed.length === 0 ? {} : { pathNot: allowed.map((item) => `${PACKAGE}${item}/`) }),
    },
  };
}

export default {
  forbidden: [
    layer("core", "^src/core/", ["^src/core/"], "core is pure: it imports core only"),
    layer("ports", "^src/ports/", ["^src/(core|ports)/"], "ports import core only"),
    layer("app", "^src/app/", ["^src/(core|ports|app)/"], "app imports core and ports only"),
    layer("ui", "^src/ui/", ["^src/(core|ports|app|ui)/"], "pages import the facade, never an adapter"),
    ...ADAPTERS.map((adapter) =>
      layer(
        adapter,
        `^src/${adapter}/`,
        ["^src/(core|ports)/", `^src/${adapter}/`],
        "an adapter imports core and ports, never app or another adapter",
      ),
    ),
    layer(
      "workers",
      "^src/workers/",
      ["^src/(core|ports|workers|model|p2p|store|chain|device)/"],
      "workers compose core, ports and adapters; app and pages reach them through ports",
      [SIMULATOR],
    ),
    layer(
      "simulator",
      SIMULATOR,
      ["^src/(core|ports|workers)/", "^sim/"],
      "the simulator's worker composes sim/ and nothing else",
    ),
    layer("entry", ENTRY, ["^src/"], "the app does not import what stands beside it"),
    packages("core", "^src/core/", ["@noble", "@ipld/dag-cbor", "multiformats", "zod"]),
    packages("ports", "^src/ports/", []),
    packages("app", "^src/app/", ["@noble", "@scure/bip39", "@ipld/dag-cbor", "multiformats", "zod"]),
    packages("ui", "^src/ui/", ["lit", "lit-html", "lit-element", "@lit", "@awesome\\.me/webawesome", "uqr"]),
    {
      name: "no-test-in-product",
      severity: "error",
      comment: "what ships does not import tests, simulation or tools",
      from: { path: "^(src|relay|cli)/", pathNot: TEST },
      to: { path: ["\\.(test|spec)\\.ts$", "^src/ports/acceptance/", "^(e2e|bench)/"] },
    },
    {
      name: "no-simulation-in-product",
      severity: "error",
      comment: "only the worker of the page Simulator ships the simulator",
      from: { path: "^(src|relay|cli)/", pathNot: [TEST, SIMULATOR] },
      to: { path: "^sim/" },
    },
    {
      name: "node-only",
      severity: "error",
      comment: "what only Node can run is in no page",
      from: { path: "^src/", pathNot: [NODE_ONLY, TEST] },
      to: { path: [NODE_ONLY, `${PACKAGE}(classic-level|blockstore-fs|node-datachannel)/`] },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-orphans",
      severity: "error",
      comment: "a file that nothing imports and that imports nothing is dead",
      from: {
        orphan: true,
        pathNot: [TEST, "\\.d\\.ts$", "\\.config\\.(ts|js|mjs)$", "^\\.", "^tools/.*-stub/"],
      },
      to: {},
    },
    {
      name: "no-unresolvable",
      severity: "error",
      from: {},
      // virtual: modules are made by the bundler.
      to: { couldNotResolve: true, pathNot: "^virtual:" },
    },
    { name: "registered-layer-importer", severity: "error", from: { pathNot: REGISTERED }, to: {} },
    {
      name: "registered-layer-imported",
      severity: "error",
      from: {},
      to: { pathNot: [...REGISTERED, PACKAGE], dependencyTypes: ["local"] },
    },
  ],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|contracts/(out|cache)|public|\\.parley)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "browser", "default", "types"],
      extensions: [".ts", ".js", ".mjs", ".json"],
    },
  },
};
