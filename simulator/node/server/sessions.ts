import { fail } from "../../base/result.ts";
import type { SessionsPort } from "./connections.ts";

/** The streams of containers' processes, for connections. */
export function containerSessions(): SessionsPort {
  return {
    exec: () => fail("error executing command in container: no processes yet"),
    main: () => undefined,
    write: () => {},
    closeInput: () => {},
    resize: () => {},
    hangUp: () => {},
  };
}
