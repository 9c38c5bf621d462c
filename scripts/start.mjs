// @ts-check
// `npm start [-- --port N]`: installs what is missing, builds the page when it is missing or older than its sources,
// and serves it until it is stopped.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildPage, distFolder, isPageBuilt } from "./page.mjs";
import { serveFolder } from "./static-server.mjs";
import { installPackages, requireNode, root, say } from "./workshop.mjs";

const defaultPort = 4173;

/** The port asked for by `--port` or PORT; ends the process with a sentence when it is not one. */
function wantedPort() {
  const asked = readArguments() ?? process.env.PORT ?? String(defaultPort);
  const port = Number(asked);
  if (/^\d+$/.test(asked) && port <= 65535) return port;
  return stop(`"${asked}" is not a port: give a number from 0 to 65535.`);
}

function readArguments() {
  try {
    return parseArgs({ options: { port: { type: "string" } } }).values.port;
  } catch (error) {
    return stop(`${error instanceof Error ? error.message : error}\nUsage: npm start -- [--port N]`);
  }
}

/** @param {string} sentence @returns {never} */
function stop(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

requireNode();
const port = wantedPort();
say("Tabernetes: a Kubernetes cluster in a browser tab.");
if (!existsSync(join(root, "index.html"))) stop("There is no page to serve yet: index.html is missing.");
await installPackages();
if (isPageBuilt()) say("The built page is up to date.");
else {
  say("Building the page into dist/ ...");
  if ((await buildPage()) !== 0) stop("The page could not be built: see the message above.");
}
const server = await serveFolder(distFolder, { port }).catch((error) =>
  stop(`No port could be opened: ${error.message}`),
);
if (port !== 0 && server.port !== port) say(`Port ${port} is busy: using ${server.port}.`);
say(`Tabernetes is ready at ${server.url}`);
say("Press Ctrl+C to stop.");
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    await server.close();
    say("Stopped.");
    process.exit(0);
  });
}
