import type { Container } from "../../api/schema/generated/types.ts";
import { parseImageName } from "../images/image-name.ts";
import { images } from "../images/registry.ts";
import { COMMON_PROGRAMS, DEBIAN_PROGRAMS, SHELLS } from "./base-programs.ts";
import { bytesOfText } from "./bytes.ts";
import { type FileNode, fileNode, folderNode, linkNode, putAt } from "./file-node.ts";
import { type Family, type ImageConfig, imageConfigOf } from "./image-family.ts";
import { lacksProgram } from "./lacks.ts";

/** What stands for a program's code: enough to see that it is one. */
const ELF = "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00";
/** When images of that time were built. */
const BUILT_MS = 1_764_547_200_000;
const built = { mtimeMs: BUILT_MS };

const NOBODY = { busybox: "/home", alpine: "/", debian: "/nonexistent", ubuntu: "/nonexistent" };

const PASSWD: { readonly [family in Family]: string } = {
  busybox:
    "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nbin:x:2:2:bin:/bin:/bin/false\nsys:x:3:3:sys:/dev:/bin/false\nsync:x:4:100:sync:/bin:/bin/sync\nmail:x:8:8:mail:/var/spool/mail:/bin/false\nwww-data:x:33:33:www-data:/var/www:/bin/false\noperator:x:37:37:Operator:/var:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n",
  alpine:
    "root:x:0:0:root:/root:/bin/sh\nbin:x:1:1:bin:/bin:/sbin/nologin\ndaemon:x:2:2:daemon:/sbin:/sbin/nologin\nlp:x:4:7:lp:/var/spool/lpd:/sbin/nologin\nsync:x:5:0:sync:/sbin:/bin/sync\nshutdown:x:6:0:shutdown:/sbin:/sbin/shutdown\nhalt:x:7:0:halt:/sbin:/sbin/halt\nmail:x:8:12:mail:/var/mail:/sbin/nologin\nguest:x:405:100:guest:/dev/null:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n",
  debian:
    "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nbin:x:2:2:bin:/bin:/usr/sbin/nologin\nsys:x:3:3:sys:/dev:/usr/sbin/nologin\nsync:x:4:65534:sync:/bin:/bin/sync\nmail:x:8:8:mail:/var/mail:/usr/sbin/nologin\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
  ubuntu:
    "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nbin:x:2:2:bin:/bin:/usr/sbin/nologin\nsys:x:3:3:sys:/dev:/usr/sbin/nologin\nsync:x:4:65534:sync:/bin:/bin/sync\nmail:x:8:8:mail:/var/mail:/usr/sbin/nologin\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\nubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash\n",
  distroless:
    "root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
  scratch: "",
};

const GROUP: { readonly [family in Family]: string } = {
  busybox:
    "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:\ntty:x:5:\ndisk:x:6:\nwheel:x:10:root\nwww-data:x:33:\nusers:x:100:\nnobody:x:65534:\n",
  alpine:
    "root:x:0:root\nbin:x:1:root,bin,daemon\ndaemon:x:2:root,bin,daemon\nsys:x:3:root,bin\nadm:x:4:root,daemon\ntty:x:5:\ndisk:x:6:root\nlp:x:7:lp\nwheel:x:10:root\nmail:x:12:mail\nwww-data:x:82:\nusers:x:100:games\nnobody:x:65534:\n",
  debian:
    "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:\ntty:x:5:\ndisk:x:6:\nmail:x:8:\nwww-data:x:33:\nstaff:x:50:\nusers:x:100:\nnogroup:x:65534:\n",
  ubuntu:
    "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:ubuntu\ntty:x:5:\ndisk:x:6:\nmail:x:8:\nwww-data:x:33:\nstaff:x:50:\nusers:x:100:\nnogroup:x:65534:\nubuntu:x:1000:\n",
  distroless: "root:x:0:\nnobody:x:65534:\nnonroot:x:65532:\n",
  scratch: "",
};

const OS_RELEASE: { readonly [family in Family]?: string } = {
  alpine:
    'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.23.0\nPRETTY_NAME="Alpine Linux v3.23"\nHOME_URL="https://alpinelinux.org/"\nBUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"\n',
  debian:
    'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nVERSION="13 (trixie)"\nVERSION_CODENAME=trixie\nID=debian\nHOME_URL="https://www.debian.org/"\nSUPPORT_URL="https://www.debian.org/support"\nBUG_REPORT_URL="https://bugs.debian.org/"\n',
  ubuntu:
    'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nVERSION="24.04.3 LTS (Noble Numbat)"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\nHOME_URL="https://www.ubuntu.com/"\nUBUNTU_CODENAME=noble\nLOGO=ubuntu-logo\n',
  distroless:
    'PRETTY_NAME="Distroless"\nNAME="Debian GNU/Linux"\nID="debian"\nVERSION_ID="12"\nVERSION="Debian GNU/Linux 12 (bookworm)"\nHOME_URL="https://github.com/GoogleContainerTools/distroless"\n',
};

const folder = (mode = 0o755) => folderNode({}, { ...built, mode });

function withPrograms(root: FileNode, family: Family): void {
  const program = () => fileNode(ELF, { ...built, mode: 0o755 });
  const usesLinks = family === "alpine";
  const names = family === "debian" || family === "ubuntu" ? [...COMMON_PROGRAMS, ...DEBIAN_PROGRAMS] : COMMON_PROGRAMS;
  const place = family === "debian" || family === "ubuntu" ? "/usr/bin" : "/bin";
  for (const name of names) putAt(root, `${place}/${name}`, usesLinks ? linkNode("/bin/busybox", built) : program());
  for (const name of SHELLS[family]) {
    putAt(root, `${place}/${name}`, usesLinks ? linkNode("/bin/busybox", built) : program());
  }
  if (family === "busybox" || family === "alpine") putAt(root, "/bin/busybox", program());
  if (family === "debian" || family === "ubuntu") {
    for (const name of ["bin", "sbin", "lib"]) putAt(root, `/${name}`, linkNode(`usr/${name}`, built));
    putAt(root, "/usr/sbin", folder());
    putAt(root, "/usr/lib", folder());
    putAt(root, "/var/run", linkNode("/run", built));
  } else {
    if (family === "alpine") putAt(root, "/var/run", linkNode("../run", built));
    putAt(root, "/sbin", folder());
    putAt(root, "/lib", folder());
    putAt(root, "/usr/bin", folder());
    putAt(root, "/usr/bin/env", usesLinks ? linkNode("/bin/busybox", built) : program());
  }
}

function familyLayer(family: Family): FileNode {
  const root = folder();
  if (family === "scratch") return root;
  for (const name of ["home", "opt", "srv", "mnt", "media", "run", "usr", "var", "etc"]) {
    if (family !== "busybox" || ["home", "usr", "var", "etc"].includes(name)) putAt(root, `/${name}`, folder());
  }
  putAt(root, "/root", folder(0o700));
  putAt(root, "/tmp", folder(0o1777));
  for (const name of ["/var/lib", "/var/log", "/var/cache", "/usr/local", "/usr/share"]) putAt(root, name, folder());
  putAt(root, "/usr/local/bin", folder());
  putAt(root, "/var/tmp", folder(0o1777));
  putAt(root, "/etc/passwd", fileNode(PASSWD[family], built));
  putAt(root, "/etc/group", fileNode(GROUP[family], built));
  const nsswitch = family === "debian" || family === "ubuntu" ? "files dns" : "files dns";
  putAt(root, "/etc/nsswitch.conf", fileNode(`hosts:\t\t${nsswitch}\n`, built));
  const release = OS_RELEASE[family];
  if (release !== undefined) {
    putAt(root, "/usr/lib/os-release", fileNode(release, built));
    putAt(root, "/etc/os-release", linkNode("../usr/lib/os-release", built));
  }
  if (family === "alpine") putAt(root, "/etc/alpine-release", fileNode("3.23.0\n", built));
  if (family === "debian") putAt(root, "/etc/debian_version", fileNode("13.2\n", built));
  putAt(root, "/etc/ssl/certs", folder());
  if (family !== "distroless") withPrograms(root, family);
  const nobodyHome = NOBODY[family as keyof typeof NOBODY];
  if (nobodyHome === "/home") putAt(root, "/home", folderNode({}, { ...built, uid: 65534, gid: 65534 }));
  return root;
}

const families = new Map<Family, FileNode>();
const layers = new Map<string, FileNode>();

function layerOfFamily(family: Family): FileNode {
  let layer = families.get(family);
  if (layer === undefined) {
    layer = familyLayer(family);
    families.set(family, layer);
  }
  return layer;
}

/** Copies the folders of a layer, so that more can be put into them; files are shared. */
function copyFolders(node: FileNode): FileNode {
  if (node.kind !== "directory") return node;
  const children: { [slashName: string]: FileNode } = {};
  for (const [slashName, child] of Object.entries(node.children ?? {})) children[slashName] = copyFolders(child);
  return { ...node, children };
}

function withOwnFiles(image: string, config: ImageConfig): FileNode {
  const root = copyFolders(layerOfFamily(config.family));
  for (const place of ["/bin", "/usr/bin"]) removeMissing(image, folderAt(root, place));
  const name = parseImageName(image);
  const own = name.ok ? images.get(name.value.name) : undefined;
  for (const [path, text] of Object.entries(own?.files ?? {})) {
    const isProgram = text.startsWith("#!") || /\/(s?bin)\/[^/]+$/.test(path);
    putAt(root, path, fileNode(bytesOfText(text), { ...built, mode: isProgram ? 0o755 : 0o644 }));
  }
  for (const path of own?.openFolders ?? []) putAt(root, path, folder(0o777));
  const program = name.ok ? (name.value.path.split("/").at(-1) ?? "") : "";
  if (config.family === "scratch" && program !== "") {
    putAt(root, `/${program}`, fileNode(ELF, { ...built, mode: 0o755 }));
  }
  if (config.workdir !== "/") ensureFolder(root, config.workdir, {});
  if (config.uid !== 0 && config.home.startsWith("/home/")) {
    ensureFolder(root, config.home, { uid: config.uid, gid: config.gid });
  }
  return root;
}

function folderAt(root: FileNode, path: string): FileNode | undefined {
  let at: FileNode | undefined = root;
  for (const name of path.split("/").filter(Boolean)) at = at?.children?.[`/${name}`];
  return at;
}

/** Takes away the programs of the family that this image is known to lack. */
function removeMissing(image: string, folder: FileNode | undefined): void {
  const { children = {} } = folder ?? {};
  for (const slashName of Object.keys(children)) {
    if (lacksProgram(image, slashName.slice(1))) delete children[slashName];
  }
}

function ensureFolder(root: FileNode, path: string, owner: { uid?: number; gid?: number }): void {
  if (folderAt(root, path) === undefined) putAt(root, path, folderNode({}, { ...built, ...owner }));
}

/** The files of a container's image. They are made once for each image, when somebody looks, and never changed. */
export function baseLayerOf(container: Container): FileNode {
  const { image = "" } = container;
  let layer = layers.get(image);
  if (layer === undefined) {
    if (layers.size >= 64) layers.clear();
    layer = withOwnFiles(image, imageConfigOf(container));
    layers.set(image, layer);
  }
  return layer;
}
