import { type Image, server, servesPaths } from "./image.ts";

/** A model server of our own for lessons: loads its model for two seconds, then answers on 8080. */
export const mlModel: Image = {
  name: "ghcr.io/tabernetes/ml-model",
  sizeBytes: 412_000_000,
  majors: [0, 9],
  behave: () =>
    server([8080], {
      readyAfterMs: 2000,
      http: servesPaths("/", "/healthz", "/ready", "/readyz", "/livez", "/metrics", "/predict", "/v1/models/model"),
      onTerm: { afterMs: 600, exitCode: 0 },
    }),
};

/** TensorFlow Serving: gRPC on 8500, REST on 8501. Python-like start-up, no handler of SIGTERM. */
export const tensorflowServing: Image = {
  name: "docker.io/tensorflow/serving",
  sizeBytes: 203_000_000,
  majors: [0, 2],
  tags: ["latest-gpu", "nightly"],
  behave: () =>
    server([8500, 8501], {
      readyAfterMs: 4000,
      http: (path) => (path.startsWith("/v1/models/") || path === "/monitoring/prometheus/metrics" ? 200 : 404),
      onTerm: { afterMs: 300, exitCode: 143 },
    }),
};
