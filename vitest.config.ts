import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Two projects: `node` needs nothing but Node; `e2e` drives the built page in a real Chromium. */
export default defineConfig({
  plugins: [react()],
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          include: ["tests/**/*.test.{ts,tsx}"],
          exclude: ["tests/e2e/**"],
          testTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          // One browser at a time: on a small machine two of them only make each other slow.
          fileParallelism: false,
        },
      },
    ],
  },
});
