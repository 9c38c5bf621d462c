import { MAX_NODE_SCORE, type PluginDefinition } from "../framework.ts";

const NAME = "ImageLocality";
const MEBIBYTE = 1024 * 1024;
/** Less than this is not worth a preference. */
const MIN_BYTES = 23 * MEBIBYTE;
const MAX_BYTES_PER_CONTAINER = 1000 * MEBIBYTE;

/** Prefers nodes that have the pod's images, the more so the more nodes have them. Models plugins/imagelocality. */
export const imageLocality: PluginDefinition = {
  name: NAME,
  weight: 1,
  create: ({ nodes }) => ({
    name: NAME,
    score: (_, { shape }, node) => {
      if (node.images.size === 0) return 0;
      let sum = 0;
      for (const image of shape.images) {
        const bytes = node.images.get(image);
        if (bytes !== undefined) sum += Math.trunc(bytes * (nodes.nodesWithImage(image) / nodes.size));
      }
      const most = MAX_BYTES_PER_CONTAINER * shape.images.length;
      const clamped = Math.min(Math.max(sum, MIN_BYTES), most);
      return Math.trunc((MAX_NODE_SCORE * (clamped - MIN_BYTES)) / (most - MIN_BYTES));
    },
  }),
};
