import { html, nothing, type TemplateResult } from "lit";
import { nodeName } from "./format.ts";

/** A node's short name with its whole id at hand; an id stands in the type of ids, `you` is a word. */
export function nodeLabel(nodeId: string, ownNodeId: string | undefined): TemplateResult {
  const isOwn = nodeId === ownNodeId;
  return html`<span class=${isOwn ? nothing : "mono"} title=${nodeId}>${nodeName(nodeId, ownNodeId)}</span>`;
}
