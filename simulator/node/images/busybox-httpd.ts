import { flag } from "./flags.ts";
import { type Behaviour, server } from "./image.ts";
import { mediaType, pathOf, respond } from "./program.ts";

const NOT_FOUND =
  "<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>\n<BODY><H1>404 Not Found</H1>\nThe requested URL was not found\n</BODY></HTML>\n";

/** busybox' `httpd -f -p 8080 -h /www`: the files of a folder. */
export function busyboxHttpd(words: readonly string[]): Behaviour {
  const port = Number(/(\d+)$/.exec(flag(words, "p") ?? "80")?.[1] ?? 80);
  return server([port], {
    readyAfterMs: 0,
    http: (request, { files, container }) => {
      const folder = flag(words, "h") ?? container.workingDir ?? "/";
      const path = pathOf(request);
      const full = `${folder === "/" ? "" : folder}${path}${path.endsWith("/") ? "index.html" : ""}`;
      const body = files.read(full);
      if (typeof body !== "string") return respond(404, NOT_FOUND, "text/html");
      return respond(200, body, mediaType(full, "application/octet-stream"), { "Accept-Ranges": "bytes" });
    },
  });
}
