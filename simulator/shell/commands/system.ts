import type { ShellWorld } from "../../index.ts";
import { accountOf } from "./accounts.ts";
import type { Command } from "./command.ts";

const KERNEL = "6.12.48";

/** The first name that the hosts file has for the host's address. */
function fullName({ files, hostname }: ShellWorld): string {
  const text = files.read("/etc/hosts");
  const lines = (typeof text === "string" ? text : "").split("\n").map((line) => line.trim().split(/\s+/));
  return lines.find(([, ...names]) => names.includes(hostname))?.[1] ?? hostname;
}

export const hostname: Command = {
  name: "hostname",
  run(args, { answering: { world } }) {
    if (args.some((word) => word === "-i" || word === "-I")) {
      return { stdout: `${world.network?.resolve(world.hostname)[0] ?? "127.0.0.1"}\n` };
    }
    if (args.some((word) => word === "-f" || word === "--fqdn")) return { stdout: `${fullName(world)}\n` };
    return { stdout: `${args.includes("-s") ? world.hostname.split(".")[0] : world.hostname}\n` };
  },
};

function nameOf(world: ShellWorld, file: "/etc/passwd" | "/etc/group", id: number): string | undefined {
  const name = accountOf(world, file, id);
  return name === String(id) ? undefined : name;
}

export const id: Command = {
  name: "id",
  run(args, { answering: { world } }) {
    const user = nameOf(world, "/etc/passwd", world.uid);
    const group = nameOf(world, "/etc/group", world.gid);
    const flags = args.join("");
    if (flags.includes("u")) return { stdout: `${flags.includes("n") ? (user ?? world.uid) : world.uid}\n` };
    if (flags.includes("g")) return { stdout: `${flags.includes("n") ? (group ?? world.gid) : world.gid}\n` };
    const named = (number: number, name: string | undefined) =>
      name === undefined ? `${number}` : `${number}(${name})`;
    const own = named(world.gid, group);
    return { stdout: `uid=${named(world.uid, user)} gid=${own} groups=${own}\n` };
  },
};

export const whoami: Command = {
  name: "whoami",
  run(_args, { answering: { world } }) {
    const user = nameOf(world, "/etc/passwd", world.uid);
    if (user !== undefined) return { stdout: `${user}\n` };
    const text = world.flavour === "busybox" ? `unknown uid ${world.uid}` : `cannot find name for user ID ${world.uid}`;
    return { stderr: `whoami: ${text}\n`, exitCode: 1 };
  },
};

export const uname: Command = {
  name: "uname",
  run(args, { answering: { world } }) {
    const flags = args.join("").replaceAll("-", "") || "s";
    const parts: string[] = [];
    const all = flags.includes("a");
    const add = (letter: string, text: string) => {
      if (all || flags.includes(letter)) parts.push(text);
    };
    add("s", "Linux");
    add("n", world.hostname);
    add("r", KERNEL);
    add("v", "#1 SMP PREEMPT_DYNAMIC");
    add("m", "x86_64");
    if (all) parts.push(world.flavour === "busybox" ? "Linux" : "GNU/Linux");
    return { stdout: `${parts.join(" ")}\n` };
  },
};

export const nproc: Command = { name: "nproc", run: () => ({ stdout: "4\n" }) };
export const arch: Command = { name: "arch", run: () => ({ stdout: "x86_64\n" }) };
export const sync: Command = { name: "sync", run: () => ({}) };
export const tty: Command = { name: "tty", run: () => ({ stdout: "not a tty\n", exitCode: 1 }) };
/** The size of the terminal, where it has been told. */
export const stty: Command = {
  name: "stty",
  run(args, { context }) {
    const [rows, columns] = [context.env.get("LINES"), context.env.get("COLUMNS")];
    if (rows === undefined || columns === undefined)
      return { stderr: "stty: standard input: not a tty\n", exitCode: 1 };
    if (args[0] === "size") return { stdout: `${rows} ${columns}\n` };
    return args.length > 0 ? {} : { stdout: `speed 38400 baud; line = 0;\nrows ${rows}; columns ${columns};\n` };
  },
};

export const pidof: Command = {
  name: "pidof",
  run([name = ""], { answering: { world } }) {
    const isOf = (command: string) => command.split(" ")[0]?.split("/").at(-1) === name;
    const pids = world.processes.filter(({ command }) => isOf(command)).map(({ pid }) => pid);
    return pids.length === 0 ? { exitCode: 1 } : { stdout: `${pids.reverse().join(" ")}\n` };
  },
};

export const clear: Command = { name: "clear", run: () => ({ stdout: "\u001b[H\u001b[J" }) };

export const ps: Command = {
  name: "ps",
  run(_args, { answering: { world } }) {
    const rows = world.processes.map(({ pid, user, command }) => ({ pid, user, command }));
    if (world.flavour === "busybox") {
      const lines = rows.map(
        ({ pid, user, command }) => `${String(pid).padStart(5)} ${user.padEnd(8)}  0:00 ${command}`,
      );
      return { stdout: `${["PID   USER     TIME  COMMAND", ...lines].join("\n")}\n` };
    }
    const lines = rows.map(
      ({ pid, user, command }) =>
        `${user.padEnd(10)} ${String(pid).padStart(6)}  0.0  0.0   2580  1536 ?        Ss   00:00   0:00 ${command}`,
    );
    return {
      stdout: `${["USER           PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND", ...lines].join("\n")}\n`,
    };
  },
};

/** `kill` inside a pipeline or a substitution; elsewhere it is the shell's own. */
export const kill: Command = {
  name: "kill",
  run(args, { answering }) {
    let signal = "TERM";
    for (const word of args) {
      if (word.startsWith("-")) signal = word.slice(1).replace(/^SIG/, "");
      else answering.signals.push({ pid: Number(word), signal });
    }
    return {};
  },
};

/** Processes whose program, or with `-f` whole command line, has the word in it. */
function matching(args: readonly string[], { processes, pid }: ShellWorld): readonly number[] {
  const word = args.filter((each) => !each.startsWith("-")).at(-1) ?? "";
  const whole = args.some((each) => /^-\w*f/.test(each));
  return processes
    .filter(
      ({ pid: other, command }) => other !== pid && (whole ? command : (command.split(" ")[0] ?? "")).includes(word),
    )
    .map(({ pid: found }) => found);
}

export const pgrep: Command = {
  name: "pgrep",
  run(args, { answering: { world } }) {
    const found = matching(args, world);
    return { stdout: found.map((pid) => `${pid}\n`).join(""), exitCode: found.length > 0 ? 0 : 1 };
  },
};

export const pkill: Command = {
  name: "pkill",
  run(args, { answering }) {
    const signal = args.find((word) => /^-(SIG)?([A-Z]+\d?|\d+)$/.test(word))?.replace(/^-(SIG)?/, "") ?? "TERM";
    const found = matching(args, answering.world);
    answering.signals.push(...found.map((pid) => ({ pid, signal })));
    return { exitCode: found.length > 0 ? 0 : 1 };
  },
};

const sorted = (variables: Readonly<Record<string, string>>) =>
  Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);

export const printenv: Command = {
  name: "printenv",
  run(args, { context, answering }) {
    const own = shown(context.exportedEnv ?? {});
    if (args.length === 0) return { stdout: sorted(own).join("") };
    const values = args.map((name) => own[name]);
    const stdout = values.map((value) => (value === undefined ? "" : `${value}\n`)).join("");
    return { stdout, exitCode: values.includes(undefined) && answering.world.pid > 0 ? 1 : 0 };
  },
};

function shown(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter(([name]) => /^[A-Za-z_.][\w.-]*$/.test(name) && !name.startsWith("__")),
  );
}

export const env: Command = {
  name: "env",
  async run(args, { context }) {
    let own = shown(context.exportedEnv ?? {});
    let index = 0;
    for (; index < args.length; index++) {
      const word = args[index] ?? "";
      const equals = word.indexOf("=");
      if (word === "-i" || word === "-") own = {};
      else if (word === "-u") delete own[args[++index] ?? ""];
      else if (equals > 0) own[word.slice(0, equals)] = word.slice(equals + 1);
      else break;
    }
    if (index >= args.length) return { stdout: sorted(own).join("") };
    const rest = args.slice(index);
    const names = Object.keys(own).join(" ");
    const line = rest.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    const script = names === "" ? line : `export ${names}\n${line}`;
    return (await context.exec?.(script, { cwd: context.cwd, env: own, replaceEnv: true })) ?? { exitCode: 127 };
  },
};

export const mktemp: Command = {
  name: "mktemp",
  run(args, { answering: { world } }) {
    let seed = world.seed >>> 0;
    const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const next = () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return letters[(seed >>> 16) % letters.length] ?? "a";
    };
    const isFolder = args.includes("-d");
    const template = args.find((word) => !word.startsWith("-")) ?? "/tmp/tmp.XXXXXX";
    const path = template.replace(/X{3,}$/, (marks) => [...marks].map(next).join(""));
    const problem = isFolder ? world.files.makeFolder(path, 0o700) : world.files.write(path, "", 0o600);
    if (problem !== undefined) return { stderr: `mktemp: ${path}: ${problem.message}\n`, exitCode: 1 };
    return { stdout: `${path}\n` };
  },
};
