import type { Container } from "../../api/schema/generated/types.ts";
import { type ImageName, parseImageName } from "../images/image-name.ts";

/** What an image's files come from. */
export type Family = "busybox" | "alpine" | "debian" | "ubuntu" | "distroless" | "scratch";

/** The parts of an image's configuration that environments, file trees and security checks need. */
export interface ImageConfig {
  readonly family: Family;
  /** `USER` as the image writes it: a number, or a name that only its /etc/passwd knows; empty: root. */
  readonly user: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly workdir: string;
  readonly env: { readonly [name: string]: string };
}

const SBIN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** Images built on alpine whatever their tag says. */
const ALPINE = /(^|\/)(alpine|curl|kubectl|git|helm|hello-kubernetes|echo-server|whoami)$/;
const SCRATCH =
  /(^|\/)(hello-world|pause|coredns|kube-[a-z-]+|etcd|metrics-server|traefik\/whoami|http-echo|node_exporter)$/;
const BUSYBOX = /(^|\/)(busybox|prometheus|alertmanager)$/;

function familyOf({ path, host, tag = "" }: ImageName): Family {
  if (BUSYBOX.test(path)) return "busybox";
  if (host === "gcr.io" && path.startsWith("distroless/")) return "distroless";
  if (SCRATCH.test(path)) return "scratch";
  if (/agnhost|e2e-test-images|alpine/.test(path) || /alpine/.test(tag) || ALPINE.test(path)) return "alpine";
  if (/(^|\/)(bash|docker|registry|vault|consul)$/.test(path)) return "alpine";
  return /(^|\/)ubuntu$/.test(path) ? "ubuntu" : "debian";
}

interface Account {
  readonly user: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

const ROOT: Account = { user: "", uid: 0, gid: 0, home: "/root" };

/** Images that run as somebody else than root: how they name the user, and who that is. */
const ACCOUNTS: readonly (readonly [RegExp, Account])[] = [
  [/^nginxinc\/nginx-unprivileged$/, { user: "101", uid: 101, gid: 101, home: "/nonexistent" }],
  [/^bitnami(legacy)?\//, { user: "1001", uid: 1001, gid: 0, home: "/" }],
  [/^curlimages\/curl$/, { user: "curl_user", uid: 100, gid: 101, home: "/home/curl_user" }],
  [/^library\/memcached$/, { user: "memcache", uid: 11211, gid: 11211, home: "/nonexistent" }],
  [/^(prom\/|prometheus\/)/, { user: "nobody", uid: 65534, gid: 65534, home: "/home" }],
  [/^grafana\/grafana/, { user: "472", uid: 472, gid: 0, home: "/home/grafana" }],
  [/^(pause|kube-controller-manager-nonroot)$/, { user: "65535:65535", uid: 65535, gid: 65535, home: "/" }],
  [/nonroot/, { user: "65532", uid: 65532, gid: 65532, home: "/home/nonroot" }],
];

function accountOf({ path, tag = "" }: ImageName): Account {
  const found = ACCOUNTS.find(([pattern]) => pattern.test(path));
  if (found !== undefined) return found[1];
  if (/nonroot/.test(tag)) return { user: "65532", uid: 65532, gid: 65532, home: "/home/nonroot" };
  return ROOT;
}

const WORKDIRS: { readonly [path: string]: string } = {
  "library/httpd": "/usr/local/apache2",
  "library/redis": "/data",
  "library/golang": "/go",
  "bash/bash": "/",
};

const ENVIRONMENTS: { readonly [path: string]: { readonly [name: string]: string } } = {
  "library/httpd": {
    PATH: `/usr/local/apache2/bin:${SBIN_PATH}`,
    HTTPD_PREFIX: "/usr/local/apache2",
  },
  "library/nginx": { PATH: SBIN_PATH, PKG_RELEASE: "1", DYNPKG_RELEASE: "1" },
  "library/postgres": {
    PATH: `${SBIN_PATH}:/usr/lib/postgresql/17/bin`,
    LANG: "en_US.utf8",
    PGDATA: "/var/lib/postgresql/data",
  },
  "library/python": { PATH: `/usr/local/bin:${SBIN_PATH}`, LANG: "C.UTF-8" },
  "library/golang": { PATH: `/go/bin:/usr/local/go/bin:${SBIN_PATH}`, GOPATH: "/go", GOTOOLCHAIN: "local" },
};

const known = new Map<string, ImageConfig>();

/** The configuration of an image; of one that cannot be read, that of an empty image. Results are shared. */
export function imageConfigOf({ image = "" }: Container): ImageConfig {
  let config = known.get(image);
  if (config === undefined) {
    const parsed = parseImageName(image);
    config = parsed.ok
      ? configOf(parsed.value)
      : { ...ROOT, family: "scratch", workdir: "/", env: { PATH: SBIN_PATH } };
    if (known.size >= 1024) known.clear();
    known.set(image, config);
  }
  return config;
}

function configOf(name: ImageName): ImageConfig {
  return {
    ...accountOf(name),
    family: familyOf(name),
    workdir: WORKDIRS[name.path] ?? "/",
    env: ENVIRONMENTS[name.path] ?? { PATH: SBIN_PATH },
  };
}
