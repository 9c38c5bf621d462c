import { isObject, type JsonObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { type RandomStream, randomUuid } from "../../time/random.ts";
import type { AccessView } from "../authorization/resolver.ts";
import { notFound } from "../errors.ts";
import { goQuote } from "../meta/go-text.ts";
import { timeOf } from "../meta/time.ts";
import type { KubeObject } from "../object.ts";
import { NODES, PODS, type ResourceRef, SECRETS, SERVICE_ACCOUNTS, type ServiceAccount } from "../refs.ts";
import { TokenSeal } from "./jwt.ts";
import { AUTHENTICATED, serviceAccountGroups, serviceAccountUser, type User } from "./user.ts";

export const ISSUER = "https://kubernetes.default.svc.cluster.local";
/** Whom tokens are for that name nobody: the API server. */
export const API_AUDIENCES: readonly string[] = [ISSUER];
/** Clocks may differ by so much. */
const LEEWAY_SECONDS = 60;
/** What kubelets ask for, and what the API server makes of it: clients that do not reload tokens work on for a year. */
const RELOADED_SECONDS = 3607;
const EXTENDED_SECONDS = 365 * 24 * 60 * 60;
/** Tokens whose seal was checked; clients send the same one with every request. */
const REMEMBERED = 1024;

/** What a token is bound to: with it gone the token is worth nothing. */
export interface BoundObject {
  readonly kind: "Pod" | "Secret" | "Node";
  readonly object: KubeObject;
  /** The node of a pod that has one. */
  readonly node?: { readonly name: string; readonly uid?: string };
}

export interface TokenOptions {
  /** Any text: the same one makes tokens that stay good. */
  readonly secret: string;
  readonly random: RandomStream;
  /** Epoch milliseconds of the present. */
  readonly nowEpochMs: () => number;
  readonly view: AccessView;
}

/** What makes a token the same one whenever it is issued: its id, and when it was asked for. */
export interface GivenToken {
  readonly id: string;
  readonly epochMs: number;
}

/** A user that a token stands for, and those of the asked audiences that it is meant for. */
export interface TokenUser {
  readonly user: User;
  readonly audiences: readonly string[];
}

type Opened = NonNullable<ReturnType<TokenSeal["open"]>>;

// Models pkg/serviceaccount: claims.go, jwt.go
/** Issues the tokens of service accounts, and knows them again while what they are bound to lives. */
export class ServiceAccountTokens {
  readonly #options: TokenOptions;
  readonly #seal: TokenSeal;
  readonly #opened = new Map<string, Opened>();

  constructor(options: TokenOptions) {
    this.#options = options;
    this.#seal = new TokenSeal(options.secret);
  }

  issue(
    account: ServiceAccount,
    bound: BoundObject | undefined,
    audiences: readonly string[],
    expirationSeconds: number,
    given?: GivenToken,
  ): string {
    const { random, nowEpochMs } = this.#options;
    const now = Math.floor((given?.epochMs ?? nowEpochMs()) / 1000);
    const { name, namespace = "", uid } = account.metadata;
    const isExtended = expirationSeconds === RELOADED_SECONDS && audiences.every((one) => API_AUDIENCES.includes(one));
    return this.#seal.seal({
      aud: audiences,
      exp: now + (isExtended ? EXTENDED_SECONDS : expirationSeconds),
      iat: now,
      iss: ISSUER,
      jti: given?.id ?? randomUuid(random),
      "kubernetes.io": {
        namespace,
        ...boundClaims(bound),
        serviceaccount: { name, uid },
        ...(isExtended && { warnafter: now + expirationSeconds }),
      },
      nbf: now,
      sub: serviceAccountUser(namespace, name),
    });
  }

  /**
   * Who a token stands for; `undefined` when it is none of ours, an error text when it is one that is good no more,
   * or not for any of the audiences.
   */
  check(token: string, audiences: readonly string[]): Result<TokenUser | undefined, string> {
    const opened = this.#open(token);
    if (opened === undefined || opened.claims.iss !== ISSUER) return ok(undefined);
    if (!opened.genuine) return fail("go-jose/go-jose: error in cryptographic primitive");
    const claims = readClaims(opened.claims);
    const shared = audiences.filter((one) => claims.audiences.includes(one));
    if (shared.length === 0) {
      const list = (items: readonly string[]) => `[${items.map(goQuote).join(" ")}]`;
      return fail(`token audiences ${list(claims.audiences)} is invalid for the target audiences ${list(audiences)}`);
    }
    const problem = this.#whyInvalid(claims);
    return problem === undefined ? ok({ user: userOf(claims), audiences: shared }) : fail(problem);
  }

  #open(token: string): Opened | undefined {
    const known = this.#opened.get(token);
    if (known !== undefined) return known;
    const opened = this.#seal.open(token);
    if (opened?.genuine) {
      if (this.#opened.size >= REMEMBERED) this.#opened.clear();
      this.#opened.set(token, opened);
    }
    return opened;
  }

  #whyInvalid({ expires, notBefore, namespace, account, bound }: Claims): string | undefined {
    const now = this.#options.nowEpochMs() / 1000;
    if (now - LEEWAY_SECONDS > expires) return "service account token has expired";
    if (now + LEEWAY_SECONDS < notBefore) return "service account token is not valid yet";
    const found = this.#options.view.find(SERVICE_ACCOUNTS, namespace, account.name);
    if (found === undefined) return notFound(SERVICE_ACCOUNTS, account.name).message;
    if (this.#isGone(found)) return `service account ${namespace}/${account.name} has been deleted`;
    if (found.metadata.uid !== account.uid) {
      return `service account UID (${found.metadata.uid}) does not match claim (${account.uid})`;
    }
    for (const [kind, reference] of bound) {
      const problem = this.#whyUnbound(kind, kind === "Node" ? undefined : namespace, reference);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #whyUnbound(kind: BoundObject["kind"], namespace: string | undefined, reference: Reference): string | undefined {
    const found = this.#options.view.find(BINDABLE[kind], namespace, reference.name);
    if (found === undefined || this.#isGone(found)) return "service account token has been invalidated";
    if (found.metadata.uid === reference.uid) return undefined;
    const what = kind.toLowerCase();
    return `${what} UID (${found.metadata.uid}) does not match service account ${what} ref claim (${reference.uid})`;
  }

  #isGone({ metadata: { deletionTimestamp } }: KubeObject): boolean {
    const time = timeOf(deletionTimestamp);
    return time !== undefined && time < this.#options.nowEpochMs() - LEEWAY_SECONDS * 1000;
  }
}

/** The kinds that a token may be bound to. */
export const BINDABLE: { readonly [kind in BoundObject["kind"]]: ResourceRef<KubeObject> } = {
  Pod: PODS,
  Secret: SECRETS,
  Node: NODES,
};

function boundClaims(bound: BoundObject | undefined): JsonObject {
  if (bound === undefined) return {};
  const { name, uid } = bound.object.metadata;
  return {
    ...(bound.node && { node: { ...bound.node } }),
    [bound.kind.toLowerCase()]: { name, uid },
  };
}

interface Reference {
  readonly name: string;
  readonly uid: string;
}

interface Claims {
  readonly id: string;
  readonly audiences: readonly string[];
  readonly expires: number;
  readonly notBefore: number;
  readonly namespace: string;
  readonly account: Reference;
  readonly pod: Reference | undefined;
  readonly node: Reference | undefined;
  /** What must still be there. A pod's node need not. */
  readonly bound: readonly (readonly [BoundObject["kind"], Reference])[];
}

/** The claims of a genuine token: we wrote them ourselves. */
function readClaims(claims: JsonObject): Claims {
  const own = isObject(claims["kubernetes.io"]) ? claims["kubernetes.io"] : {};
  const [pod, node, secret] = [reference(own.pod), reference(own.node), reference(own.secret)];
  const bound = [
    ["Secret", secret],
    ["Pod", pod],
    ["Node", pod === undefined ? node : undefined],
  ] as const;
  return {
    id: String(claims.jti),
    audiences: Array.isArray(claims.aud) ? claims.aud.map(String) : [],
    expires: Number(claims.exp),
    notBefore: Number(claims.nbf),
    namespace: String(own.namespace),
    account: reference(own.serviceaccount) ?? { name: "", uid: "" },
    pod,
    node,
    bound: bound.flatMap(([kind, one]) => (one === undefined ? [] : [[kind, one] as const])),
  };
}

function reference(value: unknown): Reference | undefined {
  return isObject(value) ? { name: String(value.name), uid: String(value.uid ?? "") } : undefined;
}

const EXTRA = "authentication.kubernetes.io";

// Models apiserver pkg/authentication/serviceaccount ServiceAccountInfo.UserInfo
function userOf({ namespace, account, id, pod, node }: Claims): User {
  return {
    name: serviceAccountUser(namespace, account.name),
    uid: account.uid,
    groups: [...serviceAccountGroups(namespace), AUTHENTICATED],
    extra: {
      [`${EXTRA}/credential-id`]: [`JTI=${id}`],
      ...(node && { [`${EXTRA}/node-name`]: [node.name] }),
      ...(node?.uid && { [`${EXTRA}/node-uid`]: [node.uid] }),
      ...(pod && { [`${EXTRA}/pod-name`]: [pod.name], [`${EXTRA}/pod-uid`]: [pod.uid] }),
    },
  };
}
