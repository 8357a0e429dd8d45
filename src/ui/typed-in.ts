/** What a person has typed into the field that an event came from. */
export function typedIn(event: Event): string {
  const target = event.target;
  return target !== null && "value" in target && typeof target.value === "string" ? target.value : "";
}
