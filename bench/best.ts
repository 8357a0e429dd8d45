/** Shortest of `rounds` after one round to warm up, in seconds. */
export async function best(rounds: number, task: () => Promise<void>): Promise<number> {
  await task();
  let shortest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await task();
    shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest / 1_000;
}
