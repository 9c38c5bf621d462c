import type { Result } from "../../base/result.ts";
import type { User } from "../authentication/user.ts";
import type { Status } from "../errors.ts";
import type { Kind, WriteContext } from "../kind.ts";
import type { KubeObject } from "../object.ts";
import type { ResourceRef } from "../refs.ts";

export interface AdmissionRequest {
  readonly verb: "create" | "update" | "delete";
  readonly kind: Kind;
  readonly object: KubeObject;
  readonly old: KubeObject | undefined;
  /** The path below the object by which it is written: `status`, `scale`, `eviction`; empty: the object itself. */
  readonly subresource: string;
  readonly writer: {
    readonly user: string;
    readonly identity?: User;
    readonly trusted: boolean;
    readonly dryRun?: boolean;
    /** The version in which it is written, where that is not how it is stored. */
    readonly requestKind?: Kind;
  };
  /** All kinds that are served, for plugins that look objects up by what they are called. */
  readonly kinds: readonly Kind[];
  readonly context: WriteContext;
  /** Writes another object along with this one, such as what a quota has left; nothing in a dry run. */
  write<T extends KubeObject>(ref: ResourceRef<T>, object: T): void;
}

/** One admission plugin: a file here and a line in the registry, whose order is the order they run in. */
export interface AdmissionPlugin {
  readonly name: string;
  /** Resource ids such as `pods` or `deployments.apps`; `*` for all. */
  readonly resources: readonly string[] | "*";
  readonly verbs: readonly ("create" | "update" | "delete")[];
  /** True when it also sees writes of subresources. */
  readonly subresources?: boolean;
  /** Returns the object changed (a new one), or the refusal. */
  mutate?(request: AdmissionRequest): Result<KubeObject, Status>;
  /** Returns the refusal, if any. Runs after validation. */
  validate?(request: AdmissionRequest): Status | undefined;
}
