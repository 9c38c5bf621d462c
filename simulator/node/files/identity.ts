import type { Pod } from "../../api/refs.ts";
import type { Container } from "../../api/schema/generated/types.ts";
import { imageConfigOf } from "./image-family.ts";

/** Whom a container's processes run as. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** All groups, the first one among them. */
  readonly groups: readonly number[];
}

// Models pkg/securitycontext DetermineEffectiveSecurityContext, and containerd's reading of the image's user
export function identityOf({ spec }: Pod, container: Container): Identity {
  const image = imageConfigOf(container);
  const own = container.securityContext;
  const shared = spec.securityContext;
  const uid = own?.runAsUser ?? shared?.runAsUser ?? image.uid;
  const gid = own?.runAsGroup ?? shared?.runAsGroup ?? (uid === image.uid ? image.gid : 0);
  const more = [...(shared?.fsGroup === undefined ? [] : [shared.fsGroup]), ...(shared?.supplementalGroups ?? [])];
  const groups = [gid, ...(uid === 0 && image.family === "alpine" ? ALPINE_ROOT_GROUPS : []), ...more];
  return { uid, gid, groups: [...new Set(groups)] };
}

/** The groups that alpine's /etc/group has root in. */
const ALPINE_ROOT_GROUPS = [0, 1, 2, 3, 4, 6, 10];
