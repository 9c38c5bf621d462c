import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";

/** Whom a client says that it is, and whom it wants to act as. */
export interface Identity {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly token?: string;
  readonly impersonate?: {
    readonly user?: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
    readonly extra?: { readonly [key: string]: readonly string[] };
  };
}

/**
 * Over HTTPS a client shows a certificate or a token, or is anonymous. Over plain HTTP, which nobody but this machine
 * can reach, a client without a token is the administrator, as behind `kubectl proxy`.
 */
export function identityOf(message: IncomingMessage): Identity {
  const { headers, socket } = message;
  const [, token] = /^bearer (\S+)$/i.exec(headers.authorization ?? "") ?? [];
  const impersonate = impersonationOf(headers);
  return {
    ...(token === undefined ? certificateUser(socket) : { token }),
    ...(impersonate && { impersonate }),
  };
}

// Models apiserver pkg/authentication/request/x509 CommonNameUserConversion
function certificateUser(socket: unknown): Pick<Identity, "user" | "groups"> {
  if (!(socket instanceof TLSSocket)) return {};
  const { subject } = socket.authorized ? socket.getPeerCertificate() : { subject: undefined };
  if (!subject?.CN) return { user: "system:anonymous" };
  const groups = subject.O as string | string[] | undefined;
  return { user: String(subject.CN), groups: groups === undefined ? [] : [groups].flat() };
}

const EXTRA = "impersonate-extra-";

// Models apiserver pkg/endpoints/filters/impersonation buildImpersonationRequests
function impersonationOf(headers: IncomingHttpHeaders): Identity["impersonate"] {
  const list = (name: string) => [headers[name] ?? []].flat().flatMap((value) => value.split(", "));
  const user = list("impersonate-user")[0];
  const uid = list("impersonate-uid")[0];
  const groups = list("impersonate-group");
  const extra = Object.keys(headers)
    .filter((name) => name.startsWith(EXTRA))
    .map((name) => [unescaped(name.slice(EXTRA.length)), list(name)] as const);
  if (user === undefined && uid === undefined && groups.length === 0 && extra.length === 0) return undefined;
  return {
    ...(user !== undefined && { user }),
    ...(uid !== undefined && { uid }),
    ...(groups.length > 0 && { groups }),
    ...(extra.length > 0 && { extra: Object.fromEntries(extra) }),
  };
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
