import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Whether a process runs. One that has ended and was not collected by its parent (a zombie) does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return existsSync("/proc/self/stat") ? statOf(pid)?.state !== "Z" : true;
}

/** Every process that `pid` started, directly or not. Linux only; empty elsewhere. */
export function descendants(pid: number): number[] {
  if (!existsSync("/proc/self/stat")) return [];
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: statOf(Number(name))?.parent }));
  const below = (parent: number): number[] =>
    parents.filter((entry) => entry.parent === parent).flatMap((entry) => [entry.pid, ...below(entry.pid)]);
  return below(pid);
}

/** See proc(5): `pid (name) state parent …`; the name may hold spaces and brackets. */
function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return state === undefined ? undefined : { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
