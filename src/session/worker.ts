import { APPLY_WORKER } from "./protocol.ts";
import { serveApply } from "./worker/serve-apply.ts";
import { serveCluster } from "./worker/serve-cluster.ts";

// One file for both workers, so that the browser loads it once; a worker's name says what it is for.
if (self.name === APPLY_WORKER) serveApply();
else serveCluster();
