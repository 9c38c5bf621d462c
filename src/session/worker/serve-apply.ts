import { createBirpc } from "birpc";
import { kubectl, kubectlApply } from "../../../simulator/index.ts";
import type { ApplySide, RequestSide } from "../protocol.ts";

declare const self: DedicatedWorkerGlobalScope;

/**
 * Serves `kubectl apply`, and single kubectl lines, to the page that made this worker: reading 5 MB of hostile YAML takes its time, and neither the
 * page nor the cluster should wait for it. Its requests go through the page to the cluster like anyone's.
 */
export function serveApply(): void {
  const functions: ApplySide = {
    apply: (text, options) => kubectlApply((request) => page.request(request), text, options),
    kubectl: (words) => kubectl((request) => page.request(request), words),
  };
  const page = createBirpc<RequestSide, ApplySide>(functions, {
    post: (data) => self.postMessage(data),
    on: (handler) => self.addEventListener("message", (event) => handler(event.data)),
    timeout: -1,
  });
}
