import type { ChatCompletionMessageParam, ChatCompletionRequestStreaming } from "@mlc-ai/web-llm";
import type { ChatMessage } from "../../ports/chat.ts";
import type { GenerateRequest } from "../../ports/inference.ts";

const SEED_MASK = 0x7fff_ffff;

/**
 * A generation as WebLLM wants it. WebLLM has no top-k and no min-p: these are left out; its grammar engine holds the
 * answer to the schema.
 */
export function toCompletionRequest(request: GenerateRequest): ChatCompletionRequestStreaming {
  const { schema, stop, topP, repetitionPenalty } = request;
  return {
    stream: true,
    stream_options: { include_usage: true },
    messages: request.messages.map(toMessage),
    max_tokens: request.maxTokens,
    temperature: request.temperature,
    seed: request.seed & SEED_MASK,
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(repetitionPenalty === undefined ? {} : { repetition_penalty: repetitionPenalty }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop: [...stop] }),
    ...(request.logProbabilities === true ? { logprobs: true } : {}),
    ...(schema === undefined
      ? {}
      : { response_format: { type: "json_object", schema: JSON.stringify(schema) } }),
  };
}

function toMessage({ role, content, marks }: ChatMessage): ChatCompletionMessageParam {
  return { role, content: withMarks(content, marks ?? []) };
}

/** A model without tokens for marks reads them in words: `send [amount1: 5] to [name1: bob]`. */
function withMarks(content: string, marks: NonNullable<ChatMessage["marks"]>): string {
  let text = "";
  let at = 0;
  for (const { start, end, label } of marks) {
    text += `${content.slice(at, start)}[${label}: ${content.slice(start, end)}]`;
    at = end;
  }
  return text + content.slice(at);
}
