/**
 * zod as every part of the page uses it: without code generation, whose probe a page without 'unsafe-eval' reports as a
 * violation of its policy. Schemas read this setting as they are made, so they import zod from here.
 */
import { z } from "zod";

z.config({ jitless: true });

export { z };
