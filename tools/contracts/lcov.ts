/** A part of what was run, of all there is. */
export interface Share {
  readonly run: number;
  readonly all: number;
}

/** How much of one source file the tests ran. */
export interface Coverage {
  readonly path: string;
  readonly lines: Share;
  readonly branches: Share;
}

/**
 * Contracts and libraries of an lcov report, in its order; tests and what only tests use are left out.
 * SF: path, LF and LH: lines and those that ran, BRF and BRH: branches, end_of_record.
 * https://github.com/linux-test-project/lcov/blob/master/man/geninfo.1
 */
export function readLcov(report: string): readonly Coverage[] {
  const files: Coverage[] = [];
  for (const record of report.split("end_of_record")) {
    const fields = new Map<string, string>();
    for (const line of record.split("\n")) {
      const [, name, value] = /^(SF|LF|LH|BRF|BRH):(.+)$/.exec(line.trim()) ?? [];
      if (name !== undefined && value !== undefined) fields.set(name, value);
    }
    const path = fields.get("SF");
    if (path === undefined || !isContract(path)) continue;
    files.push({ path, lines: share(fields, "LH", "LF"), branches: share(fields, "BRH", "BRF") });
  }
  return files;
}

/** A table in Markdown, in the order of the report. */
export function coverageTable(files: readonly Coverage[]): string {
  const rows = files.map(
    ({ path, lines, branches }) => `| ${path} | ${written(lines)} | ${written(branches)} |\n`,
  );
  return `| contract | lines | branches |\n| --- | ---: | ---: |\n${rows.join("")}`;
}

/** What is below the floor, in words; nothing when all is well. A report without contracts is not well. */
export function shortfalls(files: readonly Coverage[], floorPercent: number): readonly string[] {
  if (files.length === 0) return ["the report names no contract"];
  return files.flatMap(({ path, lines, branches }) => [
    ...below(path, "lines", lines, floorPercent),
    ...below(path, "branches", branches, floorPercent),
  ]);
}

function below(path: string, what: string, { run, all }: Share, floorPercent: number): readonly string[] {
  if (run * 100 >= all * floorPercent) return [];
  return [`${path}: ${run} of ${all} ${what} are tested, less than ${floorPercent} %`];
}

function isContract(path: string): boolean {
  return path.startsWith("contracts/") && !path.startsWith("contracts/test/") && !path.endsWith(".t.sol");
}

function share(fields: ReadonlyMap<string, string>, run: string, all: string): Share {
  return { run: Number(fields.get(run) ?? 0), all: Number(fields.get(all) ?? 0) };
}

function written({ run, all }: Share): string {
  return all === 0 ? "none" : `${((run * 100) / all).toFixed(1)} % (${run} of ${all})`;
}
