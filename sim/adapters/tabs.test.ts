import { tabsAcceptance } from "../../src/ports/acceptance/tabs.ts";
import { MemoryProfile } from "./tabs.ts";

const profile = new MemoryProfile();

tabsAcceptance("tabs in one process", async () => profile.open());
