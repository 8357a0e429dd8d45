/** npm run sim: seeded runs of the simulator. One JSON line a run on stdout, progress on stderr, status 1 when one failed. */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { describeError, ParleyError } from "../src/core/errors.ts";
import { type RunReport, type RunSettings, replayCommand, run, scheduleOf } from "./run.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import { shrink } from "./shrink.ts";

const HELP = `npm run sim -- [options]

  --scenario X     one of: ${SCENARIOS.map(({ id }) => id).join(", ")}
  --all            every scenario
  --seed S         1 when absent
  --seeds A..B     every seed from A to B
  --nodes N        12 when absent
  --epochs E       8 when absent
  --full F         full nodes at most (the others are light)
  --faults 0,2     only these faults of the scenario's schedule; none for none
  --shrink         makes a failing run smaller
`;

const { values } = parseArgs({
  options: {
    scenario: { type: "string", default: "calm" },
    all: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    seeds: { type: "string" },
    nodes: { type: "string", default: "12" },
    epochs: { type: "string", default: "8" },
    full: { type: "string" },
    faults: { type: "string" },
    shrink: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(): Promise<void> {
  if (values.help) {
    say(HELP);
    return;
  }
  const scenarios = values.all ? SCENARIOS.map(({ id }) => id) : [values.scenario];
  const runs = seeds().flatMap((seed) => scenarios.map((scenario) => settingsOf(scenario, seed)));
  let failed = 0;
  for (const [at, settings] of runs.entries()) {
    const report = await runOne(settings, runs.length > 1 ? `${at + 1}/${runs.length} ` : "");
    if (report.failures.length > 0) failed++;
  }
  if (runs.length > 1) say(`${runs.length - failed} of ${runs.length} runs kept all promises`);
  if (failed > 0) process.exitCode = 1;
}

async function runOne(settings: RunSettings, prefix: string): Promise<RunReport> {
  const { scenario, seed, epochs } = settings;
  const isLong = settings.nodes > 100;
  const report = await run(settings, (epoch) => {
    if (isLong) say(`${prefix}${scenario} seed ${seed}: epoch ${epoch + 1} of ${epochs}`);
  });
  process.stdout.write(`${JSON.stringify(report)}\n`);
  const { certified, seconds, failures } = report;
  say(`${prefix}${scenario} seed ${seed}: ${certified} of ${epochs} epochs certified, ${seconds} s`);
  for (const failure of failures) tell(report, failure.checker, describeError(failure.error));
  if (failures.length > 0 && values.shrink) await shrinkAndTell(report);
  return report;
}

function tell(settings: RunSettings, checker: string, text: string): void {
  const { scenario, seed, nodes, epochs } = settings;
  say(
    `FAIL scenario ${scenario}, seed ${seed}, nodes ${nodes}, epochs ${epochs}, commit ${commit()}: ${checker}: ${text}`,
  );
  say(`     ${replayCommand(settings)}`);
}

async function shrinkAndTell(report: RunReport): Promise<void> {
  const { settings, report: smallest } = await shrink(report, (tried, stillFails) =>
    say(`  ${stillFails ? "still fails" : "holds"}: ${replayCommand(tried)}`),
  );
  const failure = smallest.failures[0];
  say("Smallest that still fails:");
  if (failure !== undefined) tell(settings, failure.checker, describeError(failure.error));
  for (const [at, fault] of scheduleOf(settings).entries()) say(`     fault ${at}: ${JSON.stringify(fault)}`);
}

function settingsOf(scenario: string, seed: number): RunSettings {
  const { nodes, epochs, full, faults } = values;
  return {
    scenario,
    seed,
    nodes: wholeNumber(nodes),
    epochs: wholeNumber(epochs),
    ...(full === undefined ? {} : { fullNodes: wholeNumber(full) }),
    ...(faults === undefined ? {} : { faults: faults === "none" ? [] : faults.split(",").map(wholeNumber) }),
  };
}

function seeds(): readonly number[] {
  if (values.seeds === undefined) return [wholeNumber(values.seed)];
  const [first = "", last = ""] = values.seeds.split("..");
  const from = wholeNumber(first);
  return Array.from({ length: Math.max(0, wholeNumber(last) - from + 1) }, (_, at) => from + at);
}

function wholeNumber(text: string): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new Error(`expected a whole number, received ${JSON.stringify(text)}\n\n${HELP}`);
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}

try {
  await main();
} catch (thrown) {
  say(thrown instanceof ParleyError ? describeError(thrown.data) : String(thrown));
  process.exitCode = 2;
}
