import type { Machine } from "../machine.ts";
import { machineHosts } from "./etc-files.ts";
import { type FileNode, fileNode, folderNode, linkNode, putAt } from "./file-node.ts";
import { followLinks } from "./paths.ts";
import { FileTree } from "./tree.ts";

const FOLDERS = [
  "/bin",
  "/boot",
  "/etc/kubernetes/manifests",
  "/etc/cni/net.d",
  "/etc/ssl/certs",
  "/home",
  "/lib/modules",
  "/media",
  "/mnt",
  "/opt/cni/bin",
  "/run/containerd",
  "/srv",
  "/usr/bin",
  "/usr/lib",
  "/usr/libexec/kubernetes/kubelet-plugins/volume/exec",
  "/usr/share/ca-certificates",
  "/var/cache",
  "/var/lib/containerd",
  "/var/lib/docker/containers",
  "/var/lib/etcd",
  "/var/lib/kubelet/pods",
  "/var/log/containers",
  "/var/log/pods",
  "/proc",
  "/sys",
  "/dev",
];

/** A machine's disk as its installer left it. */
function installed(machine: Machine): FileNode {
  const root = folderNode();
  for (const path of FOLDERS) putAt(root, path, folderNode());
  putAt(root, "/root", folderNode({}, { mode: 0o700 }));
  putAt(root, "/tmp", folderNode({}, { mode: 0o1777 }));
  putAt(root, "/var/tmp", folderNode({}, { mode: 0o1777 }));
  putAt(root, "/var/run", linkNode("/run"));
  putAt(root, "/etc/hostname", fileNode(`${machine.name}\n`));
  putAt(root, "/etc/hosts", fileNode(machineHosts(machine)));
  putAt(root, "/etc/machine-id", fileNode(""));
  putAt(root, "/etc/localtime", linkNode("/usr/share/zoneinfo/Etc/UTC"));
  putAt(
    root,
    "/etc/os-release",
    fileNode('PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nID=debian\n'),
  );
  putAt(root, "/run/containerd/containerd.sock", fileNode("", { mode: 0o660 }));
  return root;
}

/** A machine's own files: its disk, with what containers changed of it. */
export function machineTree(machine: Machine): FileTree {
  return new FileTree(
    () => installed(machine),
    () => machine.files,
    () => {
      machine.files = folderNode();
      return machine.files;
    },
  );
}

const WORDS: { readonly [type: string]: string } = {
  Directory: "a directory",
  File: "a file",
  Socket: "a socket file",
  CharDevice: "a character device",
  BlockDevice: "a block device",
};

// Models pkg/volume/hostpath host_path.go checkTypeInternal
/** Why a hostPath of this type can't be mounted, or undefined. What is to be made where it is missing is made. */
export function hostPathProblem(machine: Machine, path: string, type: string): string | undefined {
  if (type === "") return undefined;
  const tree = machineTree(machine);
  const names = followLinks(tree, path);
  const node = tree.find(names);
  if (node === undefined && type === "DirectoryOrCreate") tree.put(names, folderNode({}, { mode: folderMode(path) }));
  else if (node === undefined && type === "FileOrCreate") {
    if (tree.find(names.slice(0, -1)) === undefined) return `open ${path}: no such file or directory`;
    tree.put(names, fileNode(""));
  } else if (!isOfType(node, path, type.replace("OrCreate", ""))) {
    return `hostPath type check failed: ${path} is not ${WORDS[type.replace("OrCreate", "")] ?? "a directory"}`;
  }
  return undefined;
}

/** What is missing is made for root alone, but the folders of the local provisioner, whose pods make them for everybody. */
function folderMode(path: string): number {
  return path.startsWith("/var/local-path-provisioner/") ? 0o777 : 0o755;
}

function isOfType(node: FileNode | undefined, path: string, type: string): boolean {
  if (node === undefined) return false;
  const isSocket = path.endsWith(".sock");
  if (type === "Directory") return node.kind === "directory";
  if (type === "Socket") return node.kind === "file" && isSocket;
  return type === "File" && node.kind === "file" && !isSocket;
}
