import { CelError, CelList, CelOpaque, mapFrom } from "../values.ts";
import { define, method, type Overload } from "./overload.ts";

const TYPE = "kubernetes.URL";

interface Url {
  readonly scheme: string;
  /** With the port. */
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** An absolute address, or a path. Models net/url ParseRequestURI, as Kubernetes' library calls it. */
function parseUrl(text: string): Url | undefined {
  if (text === "" || /[\s\p{Cc}]/u.test(text)) return undefined;
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:[^/?#@]*@)?([^/?]*))?(\/[^?]*)?(?:\?(.*))?$/.exec(text);
  if (match === null) return undefined;
  const [, scheme = "", host = "", path = "", query = ""] = match;
  if (scheme === "" && path === "") return undefined;
  if (!/^(\[[0-9A-Fa-f:.]+\]|[^:[\]<>"^`{|}\\]*)(:\d*)?$/.test(host)) return undefined;
  return { scheme: scheme.toLowerCase(), host, path, query };
}

function need(text: string): CelOpaque {
  const url = parseUrl(text);
  if (url === undefined)
    throw new CelError(`URL parse error during conversion from string: parse "${text}": invalid URI for request`);
  return new CelOpaque(TYPE, url, text);
}

const url = ({ value }: CelOpaque): Url => value as Url;

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

function queryOf(value: CelOpaque) {
  const values = new Map<string, string[]>();
  for (const part of url(value).query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = unescaped(equals < 0 ? part : part.slice(0, equals));
    values.set(name, [...(values.get(name) ?? []), equals < 0 ? "" : unescaped(part.slice(equals + 1))]);
  }
  return mapFrom([...values].map(([name, list]) => [name, new CelList(list)] as const));
}

const PORT = /:(\d*)$/;

/** Kubernetes' URL library. */
export const urlFunctions: readonly Overload[] = [
  define("isURL", "string", "bool", (text: string) => parseUrl(text) !== undefined, "read"),
  define("url", "string", TYPE, need, "read"),
  method(TYPE, "getScheme", "", "string", (value: CelOpaque) => url(value).scheme),
  method(TYPE, "getHost", "", "string", (value: CelOpaque) => url(value).host),
  method(TYPE, "getHostname", "", "string", (value: CelOpaque) =>
    url(value)
      .host.replace(PORT, "")
      .replace(/^\[|\]$/g, ""),
  ),
  method(TYPE, "getPort", "", "string", (value: CelOpaque) => PORT.exec(url(value).host)?.[1] ?? ""),
  method(TYPE, "getEscapedPath", "", "string", (value: CelOpaque) => url(value).path),
  method(TYPE, "getQuery", "", "map(string, list(string))", queryOf),
];
