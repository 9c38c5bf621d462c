import { END_OF_INPUT } from "./channels.ts";
import type { ContainerHost } from "./container-host.ts";
import type { Session } from "./process.ts";

/**
 * What is typed at a terminal, in bytes: lines are edited here and handed on whole, as the kernel's line discipline does;
 * `echo` shows them to who types.
 */
export function typed(host: ContainerHost, session: Session, bytes: string, echo: (text: string) => void): void {
  for (const char of bytes) {
    if (char === "\r" || char === "\n") {
      session.input += `${session.line}\n`;
      session.line = "";
      echo("\n");
    } else if (char === "\u007f" || char === "\b") {
      if (session.line !== "") echo("\b \b");
      session.line = session.line.slice(0, -1);
    } else if (char === "\u0003") {
      session.line = "";
      echo("^C\n");
      interrupt(host, session);
    } else if (char === "\u0004") {
      if (session.line === "") session.input += END_OF_INPUT;
      else {
        session.input += session.line;
        session.line = "";
      }
    } else if (char === "\u0015") {
      echo("\b \b".repeat(session.line.length));
      session.line = "";
    } else if (char >= " " || char === "\t") {
      session.line += char;
      echo(char);
    }
  }
}

/** Ctrl-C: what runs in front ends; a shell with a prompt gives its command up and shows the prompt again. */
function interrupt(host: ContainerHost, session: Session): void {
  for (const process of [...host.all.processes]) {
    if (process.session !== session.id || process.state === "zombie") continue;
    if (process.interactive === true) {
      if (process.state === "asking") continue;
      process.frames = [];
      delete process.partial;
      delete process.prompted;
      process.status = 130;
      host.wake(process, 0);
    } else if (process.pid !== session.leader || process.pid !== 1) host.signal(process.pid, "INT");
  }
}
