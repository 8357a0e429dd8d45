/** How long engines take turns: busy machines need more rounds until each had a quiet moment. */
const LEAST_ROUNDS = 5;
const MOST_ROUNDS = 30;
const ENOUGH_MS = 10_000;

/** Calls `turn` for each engine, round after round, so that what disturbs the machine meets all of them. */
export async function takeTurns<Engine>(
  engines: readonly Engine[],
  turn: (engine: Engine, index: number) => Promise<void>,
): Promise<void> {
  const start = performance.now();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (round >= LEAST_ROUNDS && performance.now() - start > ENOUGH_MS) return;
    for (const [index, engine] of engines.entries()) await turn(engine, index);
  }
}
