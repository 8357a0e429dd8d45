/** One thing that the seed model knows how to answer. */
export interface Topic {
  readonly id: string;
  /** Patterns (see pattern.ts) of what a person may ask. */
  readonly asks: readonly string[];
  /** Answers, the first one preferred. */
  readonly answers: readonly string[];
  /** Answer to "tell me more" after this topic. */
  readonly more?: string;
  /** How often the topic comes, relative to others; 2 when absent. */
  readonly weight?: number;
}

/** Ways to ask what a thing is. `thing` is a pattern such as `{an epoch|epochs}`; `bare` stands alone. */
export function define(thing: string, bare = thing): string[] {
  return [
    `what{ is| are|'s} ${thing}`,
    `whats ${thing}`,
    `what [exactly] {is|are} ${thing} [here|in parley|anyway|really|again]`,
    `{explain|define|describe} ${thing} [to me]`,
    `{can|could} you explain ${thing} [to me]`,
    `{tell me|i want to know|i'd like to know|teach me} [something|more] about ${thing}`,
    `what does ${bare} mean`,
    `what do you mean by ${bare}`,
    `i {don't|do not|dont} {understand|get} ${thing}`,
    `how {does|do} ${thing} work`,
    `do you know what ${thing} {is|are}`,
    `${bare}`,
    `what about ${thing}`,
    `{what is|what's} the {idea|meaning} of ${thing}`,
    `{give me|i need} {an explanation|a short explanation} of ${thing}`,
  ];
}

/** Ways to ask how to do a thing. `action` is a pattern of a verb phrase such as `vote [on a proposal]`. */
export function howTo(action: string): string[] {
  return [
    `how {do|can|should|would} i ${action}`,
    `how to ${action}`,
    `i {want|would like|need|wish} to ${action}`,
    `i'd like to ${action}`,
    `i wanna ${action}`,
    `{can|could} you help me [to] ${action}`,
    `help me ${action}`,
    `where {do|can} i ${action}`,
    `{can|could|may} i ${action}`,
    `{show|tell|teach} me how to ${action}`,
    `is it possible to ${action}`,
    `what do i {need|have} to do to ${action}`,
    `{i don't know|i dont know|not sure} how to ${action}`,
    `${action}`,
    `let me ${action}`,
    `what is the way to ${action}`,
  ];
}
