import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/**
 * Libraries in chunks of their own, so that a change of ours leaves them in the browser's cache. Only what the page
 * imports statically loads at first; the editor is imported lazily, so its chunk comes when it is opened.
 */
const libraryChunks = [
  { name: "react", test: /node_modules\/(react|react-dom|scheduler)\// },
  { name: "mantine", test: /node_modules\/(@mantine|@floating-ui)\// },
  { name: "flow", test: /node_modules\/(@xyflow|d3-[a-z]+)\// },
  { name: "xterm", test: /node_modules\/@xterm\// },
  { name: "editor", test: /node_modules\/(@codemirror|@lezer|@marijn|crelt|style-mod|w3c-keyname)\// },
];

/** Nothing in the simulator happens by being imported (DESIGN's law): a worker that needs only kubectl gets only kubectl. */
const treeshake = { moduleSideEffects: [{ test: /\/simulator\//, sideEffects: false }] };

export default defineConfig({
  // Relative addresses: the built page works under any path, not only at the root of a host.
  base: "./",
  plugins: [react()],
  worker: { format: "es", rolldownOptions: { treeshake } },
  build: {
    target: "es2022",
    manifest: true,
    rolldownOptions: { treeshake, output: { codeSplitting: { groups: libraryChunks } } },
  },
});
