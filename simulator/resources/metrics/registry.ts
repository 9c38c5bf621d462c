import { anyKind, type Kind } from "../../api/kind.ts";
import { nodeMetricsKind } from "./nodemetrics/kind.ts";
import { podMetricsKind } from "./podmetrics/kind.ts";

/** The kinds that are served where the metrics server is installed. */
export const metricsKinds: readonly Kind[] = [anyKind(nodeMetricsKind), anyKind(podMetricsKind)];
