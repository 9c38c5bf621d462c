import { apply } from "./commands/apply.ts";
import { cordon, uncordon } from "./commands/cordon.ts";
import { deleteObjects } from "./commands/delete.ts";
import { drain } from "./commands/drain.ts";
import { scale } from "./commands/scale.ts";

/** kubectl's verbs, each a client of any Kubernetes API through a transport. A new verb is a file and a line here. */
export const kubectl = { apply, cordon, delete: deleteObjects, drain, scale, uncordon } as const;
