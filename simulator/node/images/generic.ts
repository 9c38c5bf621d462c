import type { Container } from "../../api/schema/generated/types.ts";
import { type Behaviour, server } from "./image.ts";
import { respond } from "./program.ts";

/**
 * What an image that nobody knows does: it runs until it is stopped, listens on the ports that its container declares,
 * and answers every path but the ones that sound like trouble.
 */
export function genericBehaviour(container: Container): Behaviour {
  return server(
    (container.ports ?? []).map((port) => port.containerPort),
    {
      http: (request) => (/\/(fail|error|unhealthy|broken)/.test(request.path) ? respond(500, "") : respond(200, "")),
      onTerm: { afterMs: 250, exitCode: 143 },
      readyAfterMs: 500,
    },
  );
}

/** Compressed size of an image that nobody knows. */
export const GENERIC_SIZE_BYTES = 54_000_000;
