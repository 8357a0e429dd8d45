/**
 * Gas of the calls that a network pays for, in .gas-snapshot: `npm run gas` writes it, with --check it only compares (by
 * more than TOLERANCE_PERCENT is an error). forge's own binary, since npm's wrapper hides its exit status.
 */
import { spawnSync } from "node:child_process";
import { absolute, forgeBinary } from "./forge.ts";

const TOLERANCE_PERCENT = 2;

const forge = forgeBinary();
if (forge === undefined) {
  process.stderr.write("forge is not installed for this platform (@foundry-rs/forge)\n");
  process.exit(1);
}
const check = process.argv.includes("--check") ? ["--check", "--tolerance", `${TOLERANCE_PERCENT}`] : [];
const { status } = spawnSync(forge, ["snapshot", "--match-path", "contracts/*Gas.t.sol", ...check], {
  cwd: absolute("."),
  stdio: "inherit",
});
process.exitCode = status ?? 1;
