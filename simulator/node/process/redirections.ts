import { specialChannel } from "./channels.ts";
import type { ProcessHost } from "./host.ts";
import type { Channel, Frame, Process } from "./process.ts";
import { ask } from "./stack.ts";
import type { ShellRedirection } from "./tree.ts";

/** An absolute path without `.` and `..`. */
export function absolute(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${cwd}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/**
 * Opens what a command is redirected to; what was there before is kept in the frame. Gives the error that the shell prints,
 * or "asks" while a target is being expanded.
 */
export function redirect(
  host: ProcessHost,
  process: Process,
  frame: Frame,
  redirections: readonly ShellRedirection[],
): undefined | "asks" | { readonly message: string } {
  const targets = frame.targets ?? [];
  frame.targets = targets;
  for (let next = redirections[targets.length]; next !== undefined; next = redirections[targets.length]) {
    const { literal, source } = next.target;
    if (literal === undefined) {
      ask(process, { kind: next.operator === "<<" ? "output" : "words", source, use: "targets" });
      return "asks";
    }
    targets.push(literal.join(" "));
  }
  const saved = { ...process.fds };
  for (const [index, redirection] of redirections.entries()) {
    const problem = open(host, process, redirection, targets[index] ?? "");
    if (problem !== undefined) {
      process.fds = saved;
      return { message: problem };
    }
  }
  frame.saved = saved;
  return undefined;
}

function open(host: ProcessHost, process: Process, redirection: ShellRedirection, target: string): string | undefined {
  const { operator } = redirection;
  const fd = String(redirection.fd);
  if (operator === "<<" || operator === "<<<") {
    process.fds = { ...process.fds, [fd]: { to: "text", text: operator === "<<<" ? `${target}\n` : target } };
    return undefined;
  }
  if (operator === ">&" || operator === "<&") {
    const fds = { ...process.fds };
    const other = fds[target];
    if (target === "-") delete fds[fd];
    else if (other === undefined) return `${target}: Bad file descriptor`;
    else fds[fd] = other;
    process.fds = fds;
    return undefined;
  }
  const opened = openFile(host, process, operator, absolute(process.cwd, target), target);
  if (typeof opened === "string") return opened;
  process.fds = { ...process.fds, [fd]: opened };
  if (operator === "&>" || operator === "&>>") process.fds = { ...process.fds, "1": opened, "2": opened };
  return undefined;
}

function openFile(
  host: ProcessHost,
  process: Process,
  operator: ShellRedirection["operator"],
  path: string,
  name: string,
): Channel | string {
  const special = specialChannel(host.all, process, path);
  if (special !== undefined) return special;
  const isBusybox = host.all.flavour === "busybox";
  if (operator === "<") {
    const found = host.files.read(path);
    if (typeof found === "string") return { to: "file", path, offset: 0 };
    return isBusybox
      ? `can't open ${name}: no such file`
      : host.all.flavour === "dash"
        ? `cannot open ${name}: No such file`
        : `${name}: ${found.message}`;
  }
  const problem =
    operator.includes(">>") || operator === "<>" ? host.files.append(path, "") : host.files.write(path, "");
  if (problem === undefined) return { to: "file", path };
  const words = problem.code === "ENOENT" ? "nonexistent directory" : problem.message;
  if (isBusybox) return `can't create ${name}: ${words}`;
  return host.all.flavour === "dash"
    ? `cannot create ${name}: ${problem.code === "ENOENT" ? "Directory nonexistent" : problem.message}`
    : `${name}: ${problem.message}`;
}
