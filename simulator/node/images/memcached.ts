import { type Image, server } from "./image.ts";
import type { ProgramWorld } from "./program.ts";

/** memcached: its text protocol, with values in memory. Expiry of values is not kept. */
function answer(bytes: string, world: ProgramWorld): string {
  const lines = bytes.split("\r\n");
  const replies: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [command = "", key = "", flags = "0", , size = "0"] = (lines[at] ?? "").split(" ");
    if (command === "") continue;
    if (command === "set" || command === "add" || command === "replace") {
      const data = (lines[++at] ?? "").slice(0, Number(size));
      const there = world.memory.get(key) !== undefined;
      const refused = (command === "add" && there) || (command === "replace" && !there);
      const kept = !refused && world.memory.set(key, `${flags} ${data}`);
      replies.push(kept ? "STORED" : refused ? "NOT_STORED" : "SERVER_ERROR out of memory storing object");
    } else if (command === "get" || command === "gets") {
      for (const name of (lines[at] ?? "").split(" ").slice(1)) {
        const value = world.memory.get(name);
        if (value === undefined) continue;
        const space = value.indexOf(" ");
        const data = value.slice(space + 1);
        replies.push(`VALUE ${name} ${value.slice(0, space)} ${data.length}\r\n${data}`);
      }
      replies.push("END");
    } else if (command === "delete") replies.push(world.memory.delete(key) ? "DELETED" : "NOT_FOUND");
    else if (command === "version") replies.push("VERSION 1.6.40");
    else if (command === "flush_all") {
      for (const name of world.memory.keys) world.memory.delete(name);
      replies.push("OK");
    } else if (command === "stats") replies.push(`STAT pid 1\r\nSTAT curr_items ${world.memory.keys.length}\r\nEND`);
    else if (command !== "quit") replies.push("ERROR");
  }
  return replies.map((reply) => `${reply}\r\n`).join("");
}

export const memcached: Image = {
  name: "docker.io/library/memcached",
  sizeBytes: 31_370_000,
  majors: [1, 1],
  behave: () => server([11211], { bytes: answer }),
};
