import type { Kind } from "./kind.ts";

/** What a path names. `name` empty: the collection. `namespace` undefined: all namespaces, or a cluster-scoped kind. */
export interface Route {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly subresource: string;
  /** What follows a proxy's path, with its slashes: `/healthz`. */
  readonly below: string;
}

export type Query = ReadonlyMap<string, readonly string[]>;

/** Splits a request's path from its query; undefined when an escape in it is broken. */
export function splitUrl(url: string): { readonly path: string; readonly query: Query } | undefined {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new Map<string, string[]>();
  try {
    for (const part of mark < 0 ? [] : url.slice(mark + 1).split("&")) {
      if (part === "") continue;
      const equals = part.indexOf("=");
      const name = decodeURIComponent((equals < 0 ? part : part.slice(0, equals)).replaceAll("+", " "));
      const value = equals < 0 ? "" : decodeURIComponent(part.slice(equals + 1).replaceAll("+", " "));
      query.set(name, [...(query.get(name) ?? []), value]);
    }
  } catch {
    return undefined;
  }
  return { path, query };
}

/** Finds the resource that a path names: `/api/v1/…` or `/apis/GROUP/VERSION/…`; undefined when nothing serves it. */
export function routeOf(
  path: string,
  find: (group: string, version: string, plural: string) => Kind | undefined,
): Route | undefined {
  const segments = decodeSegments(path);
  if (segments === undefined) return undefined;
  const [root, ...rest] = segments;
  const [group, version, tail] =
    root === "api" ? ["", rest[0], rest.slice(1)] : root === "apis" ? [rest[0], rest[1], rest.slice(2)] : [];
  if (group === undefined || version === undefined || tail === undefined || tail.length === 0) return undefined;

  const [first = "", second, third, ...more] = tail;
  if (first === "namespaces" && second !== undefined && third !== undefined) {
    const inside = find(group, version, third);
    if (inside?.namespaced) return finish(inside, second, more, path);
  }
  const kind = find(group, version, first);
  if (kind === undefined || (kind.namespaced && second !== undefined)) return undefined;
  return finish(kind, undefined, tail.slice(1), path);
}

function finish(kind: Kind, namespace: string | undefined, rest: readonly string[], path: string): Route | undefined {
  const [name = "", subresource = "", ...more] = rest;
  if (subresource !== PROXY) return more.length > 0 ? undefined : { kind, namespace, name, subresource, below: "" };
  const segments = path.split("/");
  const place = segments.indexOf(PROXY, segments.indexOf(kind.ref.plural) + 2);
  return {
    kind,
    namespace,
    name,
    subresource,
    below: segments
      .slice(place + 1)
      .map((part) => `/${part}`)
      .join(""),
  };
}

/** The subresource below which everything is somebody else's. */
const PROXY = "proxy";

/** The parts of a path; a slash at its end means nothing, two in a row are no path of the API. */
function decodeSegments(path: string): string[] | undefined {
  const segments = path.replace(/^\//, "").replace(/\/$/, "").split("/");
  const below = segments.indexOf(PROXY);
  if (segments.includes("") && !(below >= 0 && segments.indexOf("") > below)) return undefined;
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
