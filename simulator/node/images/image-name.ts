import { fail, ok, type Result } from "../../base/result.ts";

/** An image reference in its parts. */
export interface ImageName {
  /** `docker.io`, `registry.k8s.io`, `localhost:5000`. */
  readonly host: string;
  /** `library/nginx`. */
  readonly path: string;
  /** `host/path`: the name that registries of images go by. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** The whole reference as the container runtime writes it: `docker.io/library/nginx:1.25`. */
  readonly full: string;
}

const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^[\w][\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;

const known = new Map<string, Result<ImageName, string>>();

// Models github.com/distribution/reference ParseNormalizedNamed
/** Takes an image reference apart; the error is the runtime's words for a malformed one. Results are shared. */
export function parseImageName(text: string): Result<ImageName, string> {
  let result = known.get(text);
  if (result === undefined) {
    if (known.size >= 1024) known.clear();
    result = parse(text);
    known.set(text, result);
  }
  return result;
}

function parse(text: string): Result<ImageName, string> {
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const tag = hasTag ? named.slice(colon + 1) : digest === undefined ? "latest" : undefined;
  const written = hasTag ? named.slice(0, colon) : named;
  const slash = written.indexOf("/");
  const first = slash < 0 ? "" : written.slice(0, slash);
  const hasHost = first.includes(".") || first.includes(":") || first === "localhost";
  const host = hasHost ? first : "docker.io";
  const rest = hasHost ? written.slice(slash + 1) : written;
  if (rest !== rest.toLowerCase()) return fail("invalid reference format: repository name must be lowercase");
  const isSound = rest.split("/").every((part) => COMPONENT.test(part));
  if (!isSound || (tag !== undefined && !TAG.test(tag)) || (digest !== undefined && !DIGEST.test(digest))) {
    return fail("invalid reference format");
  }
  const path = host === "docker.io" && !rest.includes("/") ? `library/${rest}` : rest;
  const name = `${host}/${path}`;
  const full = `${name}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
  return ok({ host, path, name, tag, digest, full });
}
