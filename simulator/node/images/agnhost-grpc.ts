import { numberFlag } from "./flags.ts";
import { type Behaviour, server } from "./image.ts";
import { pathOf, respond } from "./program.ts";

/** Set in the program's memory while it was told not to serve. */
const STOPPED = "not-serving";

// Models test/images/agnhost/grpc-health-checking
/** Answers health checks over gRPC; over HTTP it is told to serve or not. */
export function grpcHealth(words: readonly string[]): Behaviour {
  const unhealthyAfterMs = numberFlag(words, -1, "delay-unhealthy-sec") * 1000;
  return server([numberFlag(words, 5000, "port"), numberFlag(words, 8080, "http-port")], {
    readyAfterMs: 100,
    http: (request, { memory }) => {
      const path = pathOf(request);
      if (path === "/make-not-serving") memory.set(STOPPED, "yes");
      else if (path === "/make-serving") memory.delete(STOPPED);
      else return respond(404, "404 page not found\n");
      return respond(200, "");
    },
    health: (service, { memory }, ageMs) => {
      if (service !== "") return undefined;
      const isLate = unhealthyAfterMs >= 0 && ageMs >= unhealthyAfterMs;
      return isLate || memory.get(STOPPED) !== undefined ? "NOT_SERVING" : "SERVING";
    },
  });
}
