import { serveShells } from "./worker/serve.ts";

serveShells();
