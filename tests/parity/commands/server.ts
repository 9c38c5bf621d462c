import type { ParityScript } from "../session.ts";

/** What a server serves, and which versions speak to each other. */
export const serverScript: ParityScript = {
  name: "server",
  steps: [
    "api-versions",
    "api-versions extra",
    "api-resources",
    "api-resources -o wide",
    "api-resources -o name",
    "api-resources --api-group=apps",
    "api-resources --api-group= --namespaced=false",
    "api-resources --namespaced=true --verbs=list,watch -o name",
    "api-resources --verbs=nope",
    "api-resources --sort-by=kind --api-group=networking.k8s.io",
    "api-resources --sort-by=odd",
    "api-resources --categories=all --no-headers",
    "api-resources -o odd",
    "api-resources extra",
    "version --client -o odd",
    "version extra",
  ],
};
