import { expect, it } from "vitest";
import { connectionRefused } from "../../../simulator/api/errors.ts";
import { statusResponse } from "../../../simulator/api/server.ts";
import { Client } from "../../../simulator/kubectl/cli/client.ts";
import { Discovery } from "../../../simulator/kubectl/cli/discovery.ts";

it("a server that is down is said to be, and not to lack kinds", async () => {
  const transport = async () => statusResponse(connectionRefused("10.0.0.1:6443"));
  const nowhere = {
    transport,
    streams: undefined,
    namespace: "default",
    namespaceGiven: false,
    as: {},
    warn: () => {},
  };
  const client = new Client(nowhere);
  const words = "The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?";
  await expect(client.get("/api/v1/pods")).rejects.toThrow(words);
  await expect(new Discovery(client).all()).rejects.toThrow(words);
});
