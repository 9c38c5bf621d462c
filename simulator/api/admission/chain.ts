import { fail, ok, type Result } from "../../base/result.ts";
import { conversionRefusal } from "../custom/webhook-conversion.ts";
import type { Status } from "../errors.ts";
import type { Kind, WriteContext } from "../kind.ts";
import type { KubeObject } from "../object.ts";
import type { Writer } from "../operations.ts";
import type { ResourceRef } from "../refs.ts";
import type { WebhookCaller } from "../webhooks/call.ts";
import type { AdmissionPlugin, AdmissionRequest, AdmissionVerb, Mutations } from "./plugin.ts";

type Mutating = AdmissionPlugin & Required<Pick<AdmissionPlugin, "mutate">>;
type Validating = AdmissionPlugin & Required<Pick<AdmissionPlugin, "validate">>;

interface Asked {
  readonly mutating: readonly Mutating[];
  readonly validating: readonly Validating[];
}

/** What is to be done to an object. `subresource` is `status` for status writes; none: the object itself. */
interface Doing<T extends KubeObject> {
  readonly verb: AdmissionVerb;
  readonly kind: Kind<T>;
  readonly old: T | undefined;
  readonly writer: Writer;
  readonly context: WriteContext;
  readonly subresource?: string;
}

interface Surroundings {
  readonly kinds: () => readonly Kind[];
  readonly webhooks: WebhookCaller | undefined;
  /** Whether the cluster has no object of a resource. */
  readonly hasNone: (ref: ResourceRef<KubeObject>) => boolean;
  readonly write: AdmissionRequest["write"];
}

const NO_WRITE: AdmissionRequest["write"] = () => {};

// Models apiserver pkg/admission chain.go and reinvocation.go
/** Asks the admission plugins that have a say in a write, in their order. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #around: Surroundings;
  /** By resource id, then by verb and subresource. */
  readonly #asked = new Map<string, Map<string, Asked>>();

  constructor(plugins: readonly AdmissionPlugin[], around: Surroundings) {
    this.#plugins = plugins;
    this.#around = around;
  }

  /** The object as the plugins change it; they are all asked again where a webhook has changed it. */
  admit<T extends KubeObject>(doing: Doing<T>, object: T, mutations: Mutations): Result<T, Status> {
    try {
      const admitted = this.#mutated(doing, object, mutations);
      if (!admitted.ok || !mutations.isPatched) return admitted;
      mutations.isAgain = true;
      return this.#mutated(doing, admitted.value, mutations);
    } catch (error) {
      return conversionRefusal(error);
    }
  }

  /** Why the object may not be written, if it may not. */
  check<T extends KubeObject>(doing: Doing<T>, object: KubeObject): Status | undefined {
    try {
      return this.#refusal(doing, object);
    } catch (error) {
      return conversionRefusal(error).error;
    }
  }

  #refusal<T extends KubeObject>(doing: Doing<T>, object: KubeObject): Status | undefined {
    let request: AdmissionRequest | undefined;
    const { validating } = this.#askedOf(doing);
    for (let at = 0; at < validating.length; at++) {
      const plugin = validating[at] as Validating;
      if (this.#isIdle(plugin)) continue;
      request ??= this.#request(doing, object, undefined);
      const refused = plugin.validate(request);
      if (refused !== undefined) return refused;
    }
    return undefined;
  }

  /** Both, for what leaves no object that could be changed. */
  ask<T extends KubeObject>(doing: Doing<T>, object: T): Status | undefined {
    const admitted = this.admit(doing, object, { isAgain: false, isPatched: false });
    return admitted.ok ? this.check(doing, object) : admitted.error;
  }

  #mutated<T extends KubeObject>(doing: Doing<T>, object: T, mutations: Mutations): Result<T, Status> {
    let current: KubeObject = object;
    let request: AdmissionRequest | undefined;
    const { mutating } = this.#askedOf(doing);
    for (let at = 0; at < mutating.length; at++) {
      const plugin = mutating[at] as Mutating;
      if (this.#isIdle(plugin)) continue;
      if (request?.object !== current) request = this.#request(doing, current, mutations);
      const result = plugin.mutate(request);
      if (!result.ok) return fail(result.error);
      current = result.value;
    }
    return ok(current as T);
  }

  #isIdle({ rules }: AdmissionPlugin): boolean {
    return rules !== undefined && this.#around.hasNone(rules);
  }

  #request<T extends KubeObject>(
    doing: Doing<T>,
    object: KubeObject,
    mutations: Mutations | undefined,
  ): AdmissionRequest {
    const { verb, kind, old, writer, context, subresource = "" } = doing;
    const { kinds, webhooks, write } = this.#around;
    return {
      verb,
      kind: kind as unknown as Kind,
      object,
      old,
      subresource: subresourceOf(kind, writer, subresource),
      writer,
      kinds: kinds(),
      context,
      webhooks,
      mutations,
      write: writer.dryRun ? NO_WRITE : write,
    };
  }

  #askedOf<T extends KubeObject>({ kind, verb, subresource = "" }: Doing<T>): Asked {
    let known = this.#asked.get(kind.ref.id);
    if (known === undefined) {
      known = new Map();
      this.#asked.set(kind.ref.id, known);
    }
    const key = subresource === "" ? verb : subresource === "status" ? "status" : `${verb}/${subresource}`;
    let asked = known.get(key);
    if (asked === undefined) {
      const all = this.#plugins.filter((plugin) => handles(plugin, kind, verb, subresource));
      asked = {
        mutating: all.filter((plugin): plugin is Mutating => plugin.mutate !== undefined),
        validating: all.filter((plugin): plugin is Validating => plugin.validate !== undefined),
      };
      known.set(key, asked);
    }
    return asked;
  }
}

/** The path by which an object is written: what a client's request names, where it is about this kind. */
function subresourceOf<T extends KubeObject>(kind: Kind<T>, writer: Writer, subresource: string): string {
  return writer.requestKind?.ref.id === kind.ref.id ? (writer.subresource ?? subresource) : subresource;
}

function handles<T extends KubeObject>(
  plugin: AdmissionPlugin,
  kind: Kind<T>,
  verb: AdmissionVerb,
  subresource: string,
): boolean {
  if (subresource !== "" && !plugin.subresources) return false;
  return (plugin.resources === "*" || plugin.resources.includes(kind.ref.id)) && plugin.verbs.includes(verb);
}
