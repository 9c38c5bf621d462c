import { type Image, server, servesPaths } from "./image.ts";

export const nginx: Image = {
  name: "docker.io/library/nginx",
  sizeBytes: 71_005_258,
  majors: [1, 1],
  tags: ["perl", "alpine-slim"],
  behave: () => server([80], { http: servesPaths("/", "/index.html", "/50x.html") }),
};

export const httpd: Image = {
  name: "docker.io/library/httpd",
  sizeBytes: 58_727_201,
  majors: [2, 2],
  behave: () => server([80], { http: servesPaths("/", "/index.html") }),
};
