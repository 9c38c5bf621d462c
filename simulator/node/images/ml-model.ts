import { type Image, server, servesPaths } from "./image.ts";
import { pathOf, respond } from "./program.ts";

const MODEL_STATUS = `{
 "model_version_status": [
  {
   "version": "1",
   "state": "AVAILABLE",
   "status": {
    "error_code": "OK",
    "error_message": ""
   }
  }
 ]
}
`;

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
      http: (request) => {
        const path = pathOf(request);
        if (path === "/monitoring/prometheus/metrics") return respond(200, "");
        const model = /^\/v1\/models\/([^/:]+)(:predict)?$/.exec(path);
        if (model === null) return respond(404, '{\n    "error": "Malformed request: GET /"\n}', "application/json");
        return respond(
          200,
          model[2] === undefined ? MODEL_STATUS : '{\n    "predictions": [2.5, 3.0, 4.5]\n}',
          "application/json",
        );
      },
      onTerm: { afterMs: 300, exitCode: 143 },
    }),
};
