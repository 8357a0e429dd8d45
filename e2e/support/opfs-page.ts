/** The host refuses scripts whose address is any text: this page trusts what the app's own page trusts. */
import { trustOwnScripts } from "../../src/ui/trusted-types.ts";

trustOwnScripts();
