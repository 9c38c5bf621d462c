import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { root } from "../../scripts/workshop.mjs";

it.skipIf(process.platform === "win32").each(["SIGINT", "SIGTERM"] as const)(
  "npm start prints its address, serves the page and stops cleanly on %s",
  async (signal) => {
    const child = spawn(process.execPath, [join(root, "scripts/start.mjs"), "--port", "0"]);
    const exited = once(child, "exit");
    const said: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      said.push(line);
      const address = /^Tabernetes is ready at (http:\/\/localhost:\d+\/)$/.exec(line)?.[1];
      if (!address) continue;
      const page = await fetch(address.replace("localhost", "127.0.0.1"));
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("<title>Tabernetes</title>")]);
      child.kill(signal);
    }
    expect(said.at(-1)).toBe("Stopped.");
    expect(await exited).toEqual([0, null]);
  },
);
