import { describe, expect, it } from "vitest";
import type { FileView } from "../../../../simulator/node/files/view.ts";
import { passEnd, take, waiting } from "../../../../simulator/node/process/channels.ts";
import type { ContainerHost } from "../../../../simulator/node/process/container-host.ts";
import type { Channel, ContainerProcesses, Session } from "../../../../simulator/node/process/process.ts";
import { typed } from "../../../../simulator/node/process/terminal.ts";

const NO_FILES = {} as FileView;
const stdin: Channel = { to: "session", session: 1, stream: "stdin" };

/** A terminal that somebody typed this at; what was echoed. */
function terminal(text: string) {
  const session: Session = {
    id: 1,
    leader: 1,
    tty: true,
    input: "",
    inputClosed: false,
    logged: false,
    keep: 0,
    output: "",
    line: "",
  };
  const all = { sessions: [session], processes: [], pipes: [] } as unknown as ContainerProcesses;
  let echoed = "";
  typed({ all } as ContainerHost, session, text, (shown) => {
    echoed += shown;
  });
  return { all, echoed };
}

describe("what is typed at a terminal", () => {
  it("is handed on line by line, as it was edited", () => {
    const { all, echoed } = terminal("lx\u007fs\rhal");
    expect(waiting(all, stdin, NO_FILES)).toEqual({ bytes: "ls\n", isAll: false });
    expect(echoed).toBe("lx\b \bs\nhal");
  });

  it("ends with Ctrl-D for the one who reads, and goes on for the next", () => {
    const { all } = terminal("one\r\u0004two\r");
    expect(waiting(all, stdin, NO_FILES)).toEqual({ bytes: "one\n", isAll: true });
    take(all, stdin, 4);
    expect(waiting(all, stdin, NO_FILES)).toEqual({ bytes: "", isAll: true });
    passEnd(all, stdin);
    expect(waiting(all, stdin, NO_FILES)).toEqual({ bytes: "two\n", isAll: false });
  });
});
