import { expect, it } from "vitest";
import { connectionRefused } from "../../../simulator/api/errors.ts";
import { statusResponse } from "../../../simulator/api/server.ts";
import { Client } from "../../../simulator/kubectl/cli/client.ts";
import { Discovery } from "../../../simulator/kubectl/cli/discovery.ts";

it("a server that is down is said to be, and not to lack kinds", async () => {
  const transport = async () => statusResponse(connectionRefused("10.0.0.1:6443"));
  const log: string[] = [];
  const nowhere = {
    transport,
    streams: undefined,
    namespace: "default",
    namespaceGiven: false,
    as: {},
    server: "https://10.0.0.1:6443",
    lookUps: 5,
    log: (_level: string, place: string, text: string) => log.push(`${place} ${text}`),
    warn: () => {},
  };
  const client = new Client(nowhere);
  const words = "The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?";
  await expect(client.get("/api/v1/pods")).rejects.toThrow(words);
  await expect(new Discovery(client).all()).rejects.toThrow(words);
  const look = 'couldn\'t get current server API group list: Get \\"https://10.0.0.1:6443/api?timeout=32s\\"';
  const line = `memcache.go:265 "Unhandled Error" err="${look}: dial tcp 10.0.0.1:6443: connect: connection refused"`;
  expect(log).toEqual(Array.from({ length: 5 }, () => line));
});
