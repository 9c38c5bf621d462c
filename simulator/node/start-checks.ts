import type { Pod } from "../api/refs.ts";
import type { Container } from "../api/schema/generated/types.ts";
import { podText } from "./events.ts";
import { imageConfigOf } from "./files/image-family.ts";

// Models pkg/kubelet/kuberuntime security_context_others.go verifyRunAsNonRoot
/** Why a container that must not run as root can't be started, or undefined. */
export function nonRootProblem(pod: Pod, container: Container): string | undefined {
  const own = container.securityContext;
  const shared = pod.spec.securityContext;
  if ((own?.runAsNonRoot ?? shared?.runAsNonRoot) !== true) return undefined;
  const place = `(pod: "${podText(pod)}", container: ${container.name})`;
  const asked = own?.runAsUser ?? shared?.runAsUser;
  if (asked !== undefined) return asked === 0 ? `container's runAsUser breaks non-root policy ${place}` : undefined;
  const { user } = imageConfigOf(container);
  const [name = ""] = user.split(":");
  if (name === "" || Number(name) === 0) return `container has runAsNonRoot and image will run as root ${place}`;
  if (/^\d+$/.test(name)) return undefined;
  const who = `image has non-numeric user (${name}), cannot verify user is non-root`;
  return `container has runAsNonRoot and ${who} ${place}`;
}
