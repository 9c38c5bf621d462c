import { type PluginDefinition, rejected, SKIP } from "../framework.ts";
import { type HostPort, shapeOf } from "../pod-info.ts";

const NAME = "NodePorts";
const TAKEN = rejected(NAME, "node(s) didn't have free ports for the requested pod ports");

function collide(a: HostPort, b: HostPort): boolean {
  const sameAddress = a.ip === b.ip || a.ip === "0.0.0.0" || b.ip === "0.0.0.0";
  return a.port === b.port && a.protocol === b.protocol && sameAddress;
}

/** Host ports can be taken once on a node. Models plugins/nodeports. */
export const nodePorts: PluginDefinition = {
  name: NAME,
  weight: 0,
  create: () => ({
    name: NAME,
    isLocal: true,
    events: {
      "node/add": true,
      "pod/delete": ({ shape }, { pod }) =>
        pod !== undefined &&
        shapeOf(pod).hostPorts.some((freed) => shape.hostPorts.some((want) => collide(freed, want))),
    },
    preFilter: ({ shape }) => (shape.hostPorts.length === 0 ? SKIP : { state: undefined }),
    filter: (_, { shape }, node) => {
      if (!node.usesPorts) return undefined;
      for (const port of shape.hostPorts) if (node.isPortTaken(port)) return TAKEN;
      return undefined;
    },
  }),
};
