import { tokenHandler } from "../authentication/token-request.ts";
import type { Kind } from "../kind.ts";
import type { SubresourceHandler } from "../subresource.ts";
import { bindingHandler } from "./binding.ts";
import { attachHandler, execHandler, portForwardHandler } from "./connect.ts";
import { evictionHandler } from "./eviction.ts";
import { finalizeHandler } from "./finalize.ts";
import { logHandler } from "./log.ts";
import { partHandlers } from "./parts.ts";
import { nodeProxyHandler, podProxyHandler, serviceProxyHandler } from "./proxy.ts";
import { scaleHandlers } from "./scale.ts";

/** All subresources beside `status`. */
export function subresourceHandlers(kinds: readonly Kind[]): readonly SubresourceHandler[] {
  return [
    attachHandler,
    bindingHandler,
    evictionHandler,
    execHandler,
    finalizeHandler,
    logHandler,
    nodeProxyHandler,
    podProxyHandler,
    portForwardHandler,
    serviceProxyHandler,
    tokenHandler,
    ...partHandlers(kinds),
    ...scaleHandlers(kinds),
  ];
}
