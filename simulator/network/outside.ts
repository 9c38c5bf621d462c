import type { NetworkResponse } from "./network-view.ts";

/*
 * The world outside the cluster. There is none to reach from here, but for the names that are set aside for examples
 * (RFC 2606), and one that Kubernetes' pages use: they resolve, and answer with the one page that they have. Every other name does not exist.
 */

const ADDRESSES: { readonly [name: string]: string } = {
  "example.com": "198.51.100.10",
  "www.example.com": "198.51.100.10",
  "example.org": "198.51.100.11",
  "www.example.org": "198.51.100.11",
  "example.net": "198.51.100.12",
  "www.example.net": "198.51.100.12",
  // The first web site: Kubernetes' own page about init containers fetches it.
  "info.cern.ch": "198.51.100.13",
};

/** The address that the machines' own resolver has. */
export const OUTSIDE_RESOLVER = "10.0.0.1";
/** Where those outside come from: the learner's own machine. */
export const OUTSIDE_ADDRESS = "192.0.2.10";

export function outsideAddress(name: string): string | undefined {
  return ADDRESSES[name];
}

export function isOutsideAddress(ip: string): boolean {
  return Object.values(ADDRESSES).includes(ip);
}

const PAGE = `<!doctype html>
<html>
<head><title>Example Domain</title></head>
<body><h1>Example Domain</h1><p>A page outside the cluster, for use in examples.</p></body>
</html>
`;

/** What a host outside answers. */
export function outsideAnswer(path: string): NetworkResponse {
  const found = path === "/" || path.startsWith("/?") || path === "/index.html";
  const body = found ? PAGE : "Not Found\n";
  return {
    status: found ? 200 : 404,
    headers: { "Content-Type": found ? "text/html" : "text/plain", "Content-Length": String(body.length) },
    body,
  };
}
