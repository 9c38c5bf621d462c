import type { Result } from "../../base/result.ts";
import type { User } from "../authentication/user.ts";
import type { Status } from "../errors.ts";
import type { Kind, WriteContext } from "../kind.ts";
import type { KubeObject } from "../object.ts";
import type { ResourceRef } from "../refs.ts";
import type { WebhookCaller } from "../webhooks/call.ts";

/** `connect`: a connection to a subresource; the object is then the options of it, with the pod's name. */
export type AdmissionVerb = "create" | "update" | "delete" | "connect";

/** What plugins that change objects note about one request while it passes them. */
export interface Mutations {
  /** All have been asked once, and are asked again since a webhook has changed the object. */
  isAgain: boolean;
  /** A webhook has changed the object: it is no longer as its writer made it. */
  isPatched: boolean;
  /** Webhooks that were asked and want to be when others change the object afterwards, and those that now are to be. */
  asked?: Set<string>;
  again?: Set<string>;
  /** The object as the webhooks left it. */
  left?: KubeObject;
}

export interface AdmissionRequest {
  readonly verb: AdmissionVerb;
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
  /** The way to webhooks, where there is one. */
  readonly webhooks?: WebhookCaller | undefined;
  /** While objects may be changed. */
  readonly mutations?: Mutations | undefined;
  /** Writes another object along with this one, such as what a quota has left; nothing in a dry run. */
  write<T extends KubeObject>(ref: ResourceRef<T>, object: T): void;
}

/** One admission plugin: a file here and a line in the registry, whose order is the order they run in. */
export interface AdmissionPlugin {
  readonly name: string;
  /** Resource ids such as `pods` or `deployments.apps`; `*` for all. */
  readonly resources: readonly string[] | "*";
  readonly verbs: readonly AdmissionVerb[];
  /** True when it also sees writes of subresources. */
  readonly subresources?: boolean;
  /** What tells it what to do: it is not asked as long as the cluster has none of these. */
  readonly rules?: ResourceRef<KubeObject>;
  /** Returns the object changed (a new one), or the refusal. */
  mutate?(request: AdmissionRequest): Result<KubeObject, Status>;
  /** Returns the refusal, if any. Runs after validation. */
  validate?(request: AdmissionRequest): Status | undefined;
}
