import { quantityOf, toBytes, toMilliCpu } from "../../api/meta/quantity.ts";
import type { Container, Sysctl } from "../../api/schema/generated/types.ts";
import { hexOf } from "../ids.ts";
import type { Machine } from "../machine.ts";
import { sysctlName } from "../pod-admission.ts";
import { type FileNode, fileNode, folderNode, linkNode, putAt } from "./file-node.ts";

/** What the files of /proc, /sys and /dev tell of. */
export interface SystemFacts {
  readonly machine: Machine;
  readonly container: Container;
  readonly hostname: string;
  readonly environment: () => Readonly<Record<string, string>>;
  /** Words of the first process. */
  readonly command: () => readonly string[];
  readonly uid: number;
  readonly gid: number;
  readonly nowMs: number;
  readonly epochMs: number;
  /** Kernel settings that the pod asks for. */
  readonly sysctls: readonly Sysctl[];
  /** Paths that something is mounted at, with `ro` or `rw`. */
  readonly mounts: () => readonly (readonly [path: string, options: string])[];
}

/** So many bytes /dev/zero and its like give: a file that never ends would end the page. */
const DEVICE_BYTES = 4096;

function deviceBytes(seed: string): string {
  const digits = hexOf(seed, DEVICE_BYTES * 2);
  let bytes = "";
  for (let at = 0; at < digits.length; at += 2)
    bytes += String.fromCharCode(Number.parseInt(digits.slice(at, at + 2), 16));
  return bytes;
}

/** The /dev that a runtime gives each container. */
export function deviceFiles({ machine, hostname, nowMs, epochMs }: SystemFacts): FileNode {
  const device = (bytes = "") => fileNode(bytes, { mode: 0o666, mtimeMs: epochMs });
  const random = () => device(deviceBytes(`${machine.name}/${hostname}/${nowMs}`));
  return folderNode({
    null: device(),
    zero: device("\0".repeat(DEVICE_BYTES)),
    full: device("\0".repeat(DEVICE_BYTES)),
    random: random(),
    urandom: random(),
    tty: device(),
    fd: linkNode("/proc/self/fd"),
    stdin: linkNode("/proc/self/fd/0"),
    stdout: linkNode("/proc/self/fd/1"),
    stderr: linkNode("/proc/self/fd/2"),
    ptmx: linkNode("pts/ptmx"),
    pts: folderNode(),
    mqueue: folderNode({}, { mode: 0o1777 }),
    shm: folderNode({}, { mode: 0o1777 }),
  });
}

function memInfo(machine: Machine): string {
  const totalKib = Math.floor(toBytes(quantityOf(machine.shape.memory)) / 1024);
  const line = (name: string, kib: number) => `${`${name}:`.padEnd(15)} ${String(Math.floor(kib)).padStart(8)} kB\n`;
  return [
    line("MemTotal", totalKib),
    line("MemFree", totalKib * 0.55),
    line("MemAvailable", totalKib * 0.8),
    line("Buffers", totalKib * 0.02),
    line("Cached", totalKib * 0.22),
    line("SwapCached", 0),
    line("SwapTotal", 0),
    line("SwapFree", 0),
  ].join("");
}

function cpuInfo(machine: Machine): string {
  const count = Math.max(1, Math.floor(toMilliCpu(quantityOf(machine.shape.cpu)) / 1000));
  const one = (index: number) =>
    `processor\t: ${index}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel name\t: Simulated CPU @ 2.50GHz\ncpu MHz\t\t: 2500.000\ncache size\t: 36608 KB\ncpu cores\t: ${count}\n\n`;
  return Array.from({ length: count }, (_value, index) => one(index)).join("");
}

function upTime(nowMs: number): string {
  const seconds = (nowMs / 1000).toFixed(2);
  return `${seconds} ${seconds}\n`;
}

/** Mounts that are held in memory. */
const MEMORY = /^\/dev$|^\/dev\/shm$|^\/(var\/)?run\/secrets\//;
const SAFE = ",nosuid,nodev,noexec";

/** Processes' files of /proc, as far as scripts read them. */
export function processFiles(facts: SystemFacts): FileNode {
  const { machine, hostname, uid, gid, nowMs } = facts;
  const root = folderNode({}, { mode: 0o555 });
  const read = (bytes: string) => fileNode(bytes, { mode: 0o444, mtimeMs: facts.epochMs });
  const command = facts.command();
  const name = (command[0] ?? "").split("/").at(-1) ?? "";
  const variables = Object.entries(facts.environment()).map(([key, value]) => `${key}=${value}\0`);
  const mounts = facts.mounts().map(([path, options]) => {
    if (path === "/") return `overlay / overlay ${options},relatime 0 0\n`;
    const type = path === "/proc" ? "proc" : path === "/sys" ? "sysfs" : MEMORY.test(path) ? "tmpfs" : undefined;
    if (type !== undefined) return `${type} ${path} ${type} ${options}${type === "tmpfs" ? "" : SAFE},relatime 0 0\n`;
    return `/dev/vda1 ${path} ext4 ${options},relatime 0 0\n`;
  });
  const status = `Name:\t${name.slice(0, 15)}\nState:\tS (sleeping)\nPid:\t1\nPPid:\t0\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nGid:\t${gid}\t${gid}\t${gid}\t${gid}\nThreads:\t1\n`;
  const files: { readonly [path: string]: string } = {
    "1/cmdline": command.map((word) => `${word}\0`).join(""),
    "1/comm": `${name.slice(0, 15)}\n`,
    "1/environ": variables.join(""),
    "1/status": status,
    "1/cgroup": "0::/\n",
    "1/mounts": mounts.join(""),
    cpuinfo: cpuInfo(machine),
    meminfo: memInfo(machine),
    uptime: upTime(nowMs),
    loadavg: "0.12 0.10 0.09 1/412 1\n",
    version: "Linux version 6.12.48+deb13-amd64 (debian-kernel@lists.debian.org)\n",
    filesystems: "nodev\tproc\nnodev\tsysfs\nnodev\ttmpfs\nnodev\toverlay\n\text4\n",
    "sys/kernel/hostname": `${hostname}\n`,
    "sys/kernel/osrelease": "6.12.48+deb13-amd64\n",
    "sys/net/core/somaxconn": "4096\n",
    "sys/net/ipv4/ip_forward": "1\n",
    "sys/kernel/shm_rmid_forced": "0\n",
    "sys/vm/overcommit_memory": "1\n",
    "sys/fs/file-max": "9223372036854775807\n",
    "sys/kernel/random/boot_id": `${hexOf(`${machine.name}/boot`, 8)}-0000-4000-a000-000000000000\n`,
  };
  for (const [path, bytes] of Object.entries(files)) putAt(root, path, read(bytes));
  for (const { name, value } of facts.sysctls) {
    putAt(root, `sys/${sysctlName(name).replaceAll(".", "/")}`, read(`${value}\n`));
  }
  putAt(root, "self", linkNode("1"));
  putAt(root, "thread-self", linkNode("1/task/1"));
  putAt(root, "mounts", linkNode("self/mounts"));
  return root;
}

const PERIOD_US = 100_000;

// Models pkg/kubelet/cm helpers_linux.go MilliCPUToQuota and MilliCPUToShares, as cgroup v2 writes them
/** Limits of a container as its cgroup shows them. */
export function cgroupFiles({ container }: SystemFacts): FileNode {
  const { requests, limits } = container.resources ?? {};
  const milliCpu = limits?.cpu === undefined ? undefined : toMilliCpu(quantityOf(limits.cpu));
  const memory = limits?.memory === undefined ? undefined : toBytes(quantityOf(limits.memory));
  const asked = toMilliCpu(quantityOf(requests?.cpu ?? limits?.cpu));
  const shares = Math.min(262_144, Math.max(2, Math.floor((asked * 1024) / 1000)));
  const weight = Math.floor(1 + ((shares - 2) * 9999) / 262_142);
  const quota = milliCpu === undefined ? "max" : String(Math.max(1000, (milliCpu * PERIOD_US) / 1000));
  const root = folderNode({}, { mode: 0o555 });
  const files: { readonly [name: string]: string } = {
    "cgroup.controllers": "cpuset cpu io memory hugetlb pids rdma misc\n",
    "cpu.max": `${quota} ${PERIOD_US}\n`,
    "cpu.weight": `${weight}\n`,
    "cpu.stat": "usage_usec 125000\nuser_usec 75000\nsystem_usec 50000\n",
    "memory.max": `${memory ?? "max"}\n`,
    "memory.current": "1470464\n",
    "memory.swap.max": "0\n",
    "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n",
    "pids.max": "max\n",
    "pids.current": "1\n",
  };
  for (const [name, bytes] of Object.entries(files)) putAt(root, `fs/cgroup/${name}`, fileNode(bytes, { mode: 0o644 }));
  for (const name of ["block", "bus", "class/net", "dev", "devices", "kernel"]) putAt(root, name, folderNode());
  return root;
}
