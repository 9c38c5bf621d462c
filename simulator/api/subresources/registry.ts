import { tokenHandler } from "../authentication/token-request.ts";
import type { Kind } from "../kind.ts";
import type { SubresourceHandler } from "../subresource.ts";
import { bindingHandler } from "./binding.ts";
import { evictionHandler } from "./eviction.ts";
import { finalizeHandler } from "./finalize.ts";
import { scaleHandlers } from "./scale.ts";

/** All subresources beside `status`. */
export function subresourceHandlers(kinds: readonly Kind[]): readonly SubresourceHandler[] {
  return [bindingHandler, evictionHandler, finalizeHandler, tokenHandler, ...scaleHandlers(kinds)];
}
