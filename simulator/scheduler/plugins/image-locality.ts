import { MAX_NODE_SCORE, type PluginDefinition } from "../framework.ts";

const NAME = "ImageLocality";
const MEBIBYTE = 1024 * 1024;
/** Less than this is not worth a preference. */
const MIN_BYTES = 23 * MEBIBYTE;
const MAX_BYTES_PER_CONTAINER = 1000 * MEBIBYTE;

/** An image of the pod that some node has: its size by node, and the share of the nodes that have it. */
interface Wanted {
  readonly bytesAt: Float64Array;
  readonly share: number;
}

function scoreAt(wanted: readonly Wanted[], containers: number, place: number): number {
  let sum = 0;
  for (const { bytesAt, share } of wanted) sum += Math.trunc((bytesAt[place] ?? 0) * share);
  if (sum <= MIN_BYTES) return 0;
  const most = MAX_BYTES_PER_CONTAINER * containers;
  return Math.trunc((MAX_NODE_SCORE * (Math.min(sum, most) - MIN_BYTES)) / (most - MIN_BYTES));
}

/** Prefers nodes that have the pod's images, the more so the more nodes have them. Models plugins/imagelocality. */
export const imageLocality: PluginDefinition = {
  name: NAME,
  weight: 1,
  create: ({ nodes }) => ({
    name: NAME,
    preScore: ({ shape }) => {
      const state: Wanted[] = [];
      for (const name of shape.images) {
        const image = nodes.image(name);
        if (image !== undefined) state.push({ bytesAt: image.bytesAt, share: image.nodes / nodes.size });
      }
      return { state };
    },
    score: (state, { shape }, { place }) => scoreAt(state as readonly Wanted[], shape.images.length, place),
    scoreAll: (state, { shape }, nodes, places, scores) => {
      const containers = shape.images.length;
      for (let index = 0; index < nodes.length; index++) {
        scores[index] = scoreAt(state as readonly Wanted[], containers, places[index] as number);
      }
    },
  }),
};
