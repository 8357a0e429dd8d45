/** A content script in a world of its own: the only one that hears the page and may speak to the extension. */
import "./chrome.ts";
import { pageCall } from "./protocol.ts";

window.addEventListener("message", ({ source, data }) => {
  const parsed = source === window ? pageCall.safeParse(data) : undefined;
  if (!parsed?.success) return;
  const { id, method, params } = parsed.data;
  void chrome.runtime.sendMessage({ type: "call", method, params }).then((answer) => {
    window.postMessage({ type: "parley-test-extension/answer", id, answer }, location.origin);
  });
});
