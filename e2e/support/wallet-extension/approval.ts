/** The wallet's own page: shows one request; a person, or Playwright, presses a button. */
import "./chrome.ts";
import { approvalShown } from "./protocol.ts";

const id = new URL(location.href).searchParams.get("id") ?? "";
const { title, origin, detail } = approvalShown.parse(
  await chrome.runtime.sendMessage({ type: "approval", id }),
);

function add<K extends keyof HTMLElementTagNameMap>(tag: K, text: string): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.textContent = text;
  document.body.append(element);
  return element;
}

async function answer(agreed: boolean): Promise<void> {
  await chrome.runtime.sendMessage({ type: "approve", id, agreed });
  window.close();
}

add("h1", title);
add("p", origin);
add("pre", detail);
add("button", "Approve").addEventListener("click", () => void answer(true));
add("button", "Reject").addEventListener("click", () => void answer(false));
