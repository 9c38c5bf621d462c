import type { ServerResponse } from "node:http";
import type { ApiRequest, ByteStream } from "../../simulator/index.ts";
import type { Pumps } from "./pumps.ts";

/** Whether a request asks for a log that goes on. */
export function isFollowedLog({ method, path }: ApiRequest): boolean {
  if (method !== "GET" || !/^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/log\?/.test(path)) return false;
  const follow = new URLSearchParams(path.slice(path.indexOf("?") + 1)).get("follow");
  return follow !== null && follow.toLowerCase() !== "false" && follow !== "0";
}

/** Sends a stream's bytes as they come, at the client's pace. */
export function sendStream(stream: ByteStream, response: ServerResponse, pumps: Pumps): void {
  const pump = () => {
    if (response.writableEnded || response.destroyed) return true;
    if (response.writableNeedDrain) return false;
    const bytes = stream.next();
    if (bytes !== "") response.write(bytes, "latin1");
    if (stream.ended) response.end();
    return stream.ended;
  };
  response.flushHeaders();
  response.on("close", () => pumps.delete(pump));
  pumps.add(pump, () => response.end());
}
