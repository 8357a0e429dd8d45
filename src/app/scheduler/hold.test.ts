import { describePace } from "../../ports/acceptance/pace.ts";
import { Hold } from "./hold.ts";

describePace("set by the scheduler", async () => {
  const pace = new Hold();
  return { pace, hold: async (isHeld) => pace.set(isHeld), dispose: async () => undefined };
});
