import type { ShellWorld } from "../../index.ts";
import { type Command, failed } from "./command.ts";
import { absolute, humanBytes } from "./ls.ts";

/** The disk of every machine as `df` shows it, in KiB: what is used of it is not simulated file by file. */
const DISK_KIB = 102_626_232;
const USED_KIB = 20_525_246;
const SHM_KIB = 65_536;
const PERCENT = 100;

interface Mount {
  readonly device: string;
  readonly path: string;
  readonly type: string;
  readonly options: string;
}

const textOf = (world: ShellWorld, path: string): string => {
  const text = world.files.read(path);
  return typeof text === "string" ? text : "";
};

function mountsOf(world: ShellWorld): readonly Mount[] {
  return textOf(world, "/proc/mounts")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [device = "", path = "", type = "", options = ""] = line.split(" ");
      return { device, path, type, options };
    });
}

export const mount: Command = {
  name: "mount",
  run(args, { answering: { world } }) {
    if (args.length > 0) return failed("mount: permission denied (are you root?)\n", 1);
    const lines = mountsOf(world).map(
      ({ device, path, type, options }) => `${device} on ${path} type ${type} (${options})\n`,
    );
    return { stdout: lines.join("") };
  },
};

export const df: Command = {
  name: "df",
  run(args, { answering: { world }, context }) {
    const flags = args.filter((word) => word.startsWith("-")).join("");
    const isHuman = flags.includes("h");
    const asked = args.filter((word) => !word.startsWith("-")).map((word) => absolute(context.cwd, word));
    const all = mountsOf(world).filter(({ type }) => type !== "proc" && type !== "sysfs");
    const under = (path: string, at: string) => at === "/" || path === at || path.startsWith(`${at}/`);
    const longest = (path: string) =>
      all.filter((each) => under(path, each.path)).sort((a, b) => b.path.length - a.path.length)[0];
    const mounts = asked.length === 0 ? all : asked.flatMap((path) => longest(path) ?? []);
    const size = (kib: number) => (isHuman ? humanBytes(kib * 1024) : String(kib));
    const rows = mounts.map(({ device, path, type }) => {
      const isMemory = type === "tmpfs";
      const total = isMemory ? SHM_KIB : DISK_KIB;
      const used = isMemory ? 0 : USED_KIB;
      const share = `${Math.ceil((used / total) * PERCENT)}%`;
      return [device, size(total), size(used), size(total - used), share, path] as const;
    });
    const head = `Filesystem           ${isHuman ? "     Size      Used Available" : "1K-blocks      Used Available"} Use% Mounted on\n`;
    const lines = rows.map(
      ([device, total, used, left, share, path]) =>
        `${device.padEnd(20)} ${total.padStart(9)} ${used.padStart(9)} ${left.padStart(9)} ${share.padStart(4)} ${path}\n`,
    );
    return { stdout: head + lines.join("") };
  },
};

function memory(world: ShellWorld) {
  const text = textOf(world, "/proc/meminfo");
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
  const [total, free, cached] = [kib("MemTotal"), kib("MemFree"), kib("Cached") + kib("Buffers")];
  return { total, free, cached, used: total - free - cached, available: kib("MemAvailable") };
}

export const free: Command = {
  name: "free",
  run(args, { answering: { world } }) {
    const flags = args.join("");
    const unit = flags.includes("g") ? 1024 * 1024 : flags.includes("m") ? 1024 : 1;
    const shown = (kib: number) =>
      (flags.includes("h")
        ? humanBytes(kib * 1024)
        : flags.includes("b")
          ? String(kib * 1024)
          : String(Math.floor(kib / unit))
      ).padStart(11);
    const { total, used, free: left, cached, available } = memory(world);
    const head = "              total        used        free      shared  buff/cache   available\n";
    const memoryLine = `Mem:    ${[total, used, left, 0, cached, available].map(shown).join(" ")}\n`;
    return { stdout: `${head}${memoryLine}Swap:   ${[0, 0, 0].map(shown).join(" ")}\n` };
  },
};

// Models procps/top.c of busybox: one look, as `top -b -n 1` shows it
export const top: Command = {
  name: "top",
  run(_args, { answering: { world } }) {
    const { total, free: left, cached } = memory(world);
    const head = [
      `Mem: ${total - left}K used, ${left}K free, 0K shrd, 0K buff, ${cached}K cached`,
      "CPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq",
      `Load average: 0.12 0.10 0.09 1/412 ${world.pid}`,
      "  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND",
    ];
    const rows = world.processes.map(
      ({ pid, user, command }) =>
        `${String(pid).padStart(5)}     0 ${user.padEnd(8)} S     4408   0%   0   0% ${command}`,
    );
    return { stdout: `${[...head, ...rows].join("\n")}\n` };
  },
};

const ownAddress = (world: ShellWorld): string => world.network?.resolve(world.hostname)[0] ?? "127.0.0.1";
const gatewayOf = (address: string): string => address.replace(/\d+$/, "1");
const hardware = (address: string): string =>
  `0a:58:${address
    .split(".")
    .map((part) => Number(part).toString(16).padStart(2, "0"))
    .join(":")}`;

// Models networking/ip.c of busybox: its words
export const ip: Command = {
  name: "ip",
  run(args, { answering: { world } }) {
    const [what = ""] = args.filter((word) => !word.startsWith("-"));
    if (args.some((word) => /^(add|del|delete|set|change|replace)$/.test(word))) {
      if (!world.isNetworkAdmin) return failed("ip: RTNETLINK answers: Operation not permitted\n", 2);
      return failed("ip: not simulated: links, addresses and routes stay as they are\n", 126);
    }
    const address = ownAddress(world);
    const net = address.replace(/\d+$/, "0");
    if (/^r(o|oute)?$/.test(what)) {
      return {
        stdout: `default via ${gatewayOf(address)} dev eth0 \n${net}/24 dev eth0 scope link  src ${address} \n`,
      };
    }
    const withAddresses = /^a(d|ddr|ddress)?$/.test(what);
    if (!withAddresses && !/^l(i|ink)?$/.test(what)) {
      return failed('ip: either "address", "link" or "route" is simulated here\n', 1);
    }
    const own = (family: string) => (withAddresses ? family : "");
    const lo = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n${own("    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n")}`;
    const link = `2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue \n    link/ether ${hardware(address)} brd ff:ff:ff:ff:ff:ff\n`;
    const inet = `    inet ${address}/24 brd ${net.replace(/0$/, "255")} scope global eth0\n       valid_lft forever preferred_lft forever\n`;
    return { stdout: `${lo}${link}${own(inet)}` };
  },
};

export const ifconfig: Command = {
  name: "ifconfig",
  run(_args, { answering: { world } }) {
    const address = ownAddress(world);
    const card = (name: string, lines: readonly string[]) =>
      lines.map((line, at) => `${(at === 0 ? name : "").padEnd(10)}${line}\n`).join("");
    const eth0 = card("eth0", [
      `Link encap:Ethernet  HWaddr ${hardware(address).toUpperCase()}  `,
      `inet addr:${address}  Bcast:${address.replace(/\d+$/, "255")}  Mask:255.255.255.0`,
      "UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1",
    ]);
    const lo = card("lo", [
      "Link encap:Local Loopback  ",
      "inet addr:127.0.0.1  Mask:255.0.0.0",
      "UP LOOPBACK RUNNING  MTU:65536  Metric:1",
    ]);
    return { stdout: `${eth0}\n${lo}\n` };
  },
};

/** Ports that `netstat` asks for: the usual ones, as looking at all would take too long. */
const PORTS = [
  21, 22, 25, 53, 80, 81, 443, 1883, 2379, 2380, 3000, 3306, 4000, 5000, 5432, 5672, 6379, 6443, 8000, 8008, 8080, 8081,
  8083, 8086, 8090, 8200, 8443, 8888, 9000, 9042, 9090, 9092, 9093, 9100, 9200, 9300, 9376, 9402, 10250, 10256, 11211,
  15672, 27017,
];

export const netstat: Command = {
  name: "netstat",
  run(_args, { answering: { world } }) {
    const open = PORTS.filter((port) => world.network?.connect("127.0.0.1", port) === "open");
    const head =
      "Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       \n";
    const rows = open.map(
      (port) => `tcp        0      0 ${`0.0.0.0:${port}`.padEnd(23)} ${"0.0.0.0:*".padEnd(23)} LISTEN      \n`,
    );
    return { stdout: head + rows.join("") };
  },
};

/** A `dd` of more than this does not end well here: files are held in memory. */
const MOST_BYTES = 16 * 1024 * 1024;
const BYTES_A_MS = 1024 * 1024;
const SIZES: { readonly [letter: string]: number } = {
  c: 1,
  w: 2,
  b: 512,
  k: 1024,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
};

function sizeOf(text: string): number {
  const match = /^(\d+)([cwbkKMG]?)B?$/.exec(text);
  return match === null ? Number.NaN : Number(match[1]) * (SIZES[match[2] || "c"] ?? 1);
}

// Models coreutils/dd.c of busybox: its words
export const dd: Command = {
  name: "dd",
  run(args, { answering, context }) {
    const { files } = answering.world;
    const given = new Map(
      args.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)] as const),
    );
    const from = given.get("if");
    const to = given.get("of");
    const blockBytes = sizeOf(given.get("bs") ?? "512");
    const count = given.has("count") ? sizeOf(given.get("count") ?? "") : Number.POSITIVE_INFINITY;
    if (Number.isNaN(blockBytes) || Number.isNaN(count) || blockBytes <= 0) return failed("dd: invalid number\n");
    const wanted = blockBytes * count;
    const endless = from === "/dev/zero" || from === "/dev/urandom" || from === "/dev/random";
    const held = Math.min(wanted, MOST_BYTES);
    const read =
      from === undefined
        ? String(context.stdin)
        : endless
          ? "\0".repeat(held)
          : files.read(absolute(context.cwd, from));
    if (typeof read !== "string") return failed(`dd: can't open '${from}': ${read.message}\n`);
    const bytes = read.slice(0, held);
    const toNull = to === "/dev/null";
    if (endless && wanted > MOST_BYTES && !toNull)
      return failed(`dd: error writing '${to ?? "standard output"}': No space left on device\n`);
    if (to !== undefined && !toNull) {
      const problem = files.write(absolute(context.cwd, to), bytes);
      if (problem !== undefined) return failed(`dd: can't open '${to}': ${problem.message}\n`);
    }
    const copied = endless && Number.isFinite(wanted) ? wanted : bytes.length;
    const tookMs = Math.ceil(copied / BYTES_A_MS);
    answering.tookMs += tookMs;
    const [whole, part] = [Math.floor(copied / blockBytes), copied % blockBytes > 0 ? 1 : 0];
    const records = `${whole}+${part} records in\n${whole}+${part} records out\n`;
    const speed = humanBytes((copied / Math.max(tookMs, 1)) * 1000);
    const stderr = `${records}${copied} bytes (${humanBytes(copied)}B) copied, ${(tookMs / 1000).toFixed(6)} seconds, ${speed}B/s\n`;
    return { stderr, ...(to === undefined && { stdout: bytes }) };
  },
};
