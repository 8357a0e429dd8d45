import type { ExportSource } from "../../tools/export/source.ts";
import { type EnginePage, openEnginePage } from "./engine-page.ts";
import type { Answer, Prompt } from "./protocol.ts";
import type { PageName, PeerServer } from "./server.ts";
import { takeTurns } from "./turns.ts";

/** Tokens a second, and memory, of one engine. */
export interface AnsweringRates {
  readonly prefill: number;
  readonly decode: number;
  readonly peakMiB: number | undefined;
}

/** Share of the context that the timed prompt and the timed answer take. */
const PROMPT_SHARE = 0.5;
const ANSWER_SHARE = 0.375;
const CHECKED_TOKENS = 64;
const CHECKED_QUESTIONS = ["What is an epoch?", "hello", "grüß dich 👋, what can you do?"];

/** All engines on the same weights and prompt, in turns. Their greedy answers must be the first page's. */
export async function measureAnswering(
  server: PeerServer,
  pages: readonly PageName[],
  { threads, source }: { readonly threads: number; readonly source: ExportSource },
): Promise<AnsweringRates[]> {
  const engines = await Promise.all(pages.map((name) => openEnginePage(server.pageUrl(name, threads > 1))));
  try {
    const setting = {
      modelUrl: server.modelUrl,
      filesUrl: server.filesUrl,
      threads,
      device: "wasm",
    } as const;
    for (const { page } of engines) {
      await page.waitForFunction(() => window.answeringPeer !== undefined);
      await page.evaluate((given) => window.answeringPeer?.load(given), setting);
    }
    await checkAnswers(engines, pages, source);
    const { contextTokens } = source.model.config;
    const prompt = longPrompt(source, Math.floor(contextTokens * PROMPT_SHARE));
    const limit = Math.floor(contextTokens * ANSWER_SHARE);
    const best = engines.map(() => ({ prefill: 0, decode: 0 }));
    await takeTurns(engines, async (engine, index) => {
      const answer = await ask(engine, prompt, limit, true);
      const fastest = best[index];
      if (fastest === undefined) return;
      fastest.prefill = Math.max(fastest.prefill, (answer.promptTokens * 1_000) / answer.prefillMs);
      // The first token belongs to the prompt's run.
      fastest.decode = Math.max(fastest.decode, ((answer.decodedTokens - 1) * 1_000) / answer.decodeMs);
    });
    return await Promise.all(
      engines.map(async (engine, index) => ({
        prefill: best[index]?.prefill ?? Number.NaN,
        decode: best[index]?.decode ?? Number.NaN,
        peakMiB: await engine.peakMiB(),
      })),
    );
  } finally {
    await Promise.all(engines.map((engine) => engine.close()));
  }
}

async function ask({ page }: EnginePage, prompt: Prompt, limit: number, whole: boolean): Promise<Answer> {
  const answer = await page.evaluate(
    ([given, tokens, all]) => window.answeringPeer?.answer(given, tokens, all),
    [prompt, limit, whole] as const,
  );
  if (answer === undefined) throw new Error("the page offers no engine");
  return answer;
}

/** Throws an error that names the engine and both answers. */
async function checkAnswers(
  engines: readonly EnginePage[],
  pages: readonly PageName[],
  source: ExportSource,
): Promise<void> {
  for (const question of CHECKED_QUESTIONS) {
    const prompt = promptOf(source, question);
    let expected: string | undefined;
    for (const [index, engine] of engines.entries()) {
      const { text, promptTokens } = await ask(engine, prompt, CHECKED_TOKENS, false);
      const found = `${promptTokens} tokens, ${text}`;
      expected ??= found;
      if (found !== expected) throw new Error(`${pages[index]} answers "${found}", not "${expected}"`);
    }
  }
}

function promptOf({ model, chat }: ExportSource, question: string): Prompt {
  return {
    ids: [chat.user.id, ...model.tokenizer.encode(question), chat.assistant.id],
    text: `${chat.user.text}${question}${chat.assistant.text}`,
  };
}

/** The longest prompt of whole words of the benchmark with at most so many tokens. */
function longPrompt(source: ExportSource, tokens: number): Prompt {
  const words = source.model.benchmark.sequences.flatMap(({ prompt, answer }) =>
    `${prompt} ${answer}`.split(" "),
  );
  let prompt = promptOf(source, "");
  for (let count = 1; count <= words.length; count++) {
    const longer = promptOf(source, words.slice(0, count).join(" "));
    if (longer.ids.length > tokens) break;
    prompt = longer;
  }
  return prompt;
}
