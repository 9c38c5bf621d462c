import { X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { get, type RequestOptions } from "node:https";
import { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { certificates } from "../../server/certificates.ts";
import { RunningCluster } from "../../server/cluster.ts";
import { identityOf } from "../../server/identity.ts";
import { listen } from "../../server/listener.ts";
import { Simulation } from "../../simulator/index.ts";

function message(headers: IncomingMessage["headers"], socket: object = {}): IncomingMessage {
  return { headers, socket } as IncomingMessage;
}

/** A TLS connection whose client showed this subject, or one that is not to be trusted. */
function secure(subject: object | undefined): object {
  const members = { authorized: { value: subject !== undefined }, getPeerCertificate: { value: () => ({ subject }) } };
  return Object.create(TLSSocket.prototype, members);
}

function statusOf(url: string, options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ...options, agent: false }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode));
    });
    request.on("error", reject);
  });
}

describe("who asks", () => {
  it("is the administrator over plain HTTP, whoever the token says, or whom the certificate names", () => {
    expect(identityOf(message({}))).toEqual({});
    expect(identityOf(message({ authorization: "Bearer abc" }))).toEqual({ token: "abc" });
    expect(identityOf(message({}, secure({ CN: "jane", O: "devs" })))).toEqual({ user: "jane", groups: ["devs"] });
    expect(identityOf(message({}, secure({ CN: "jane", O: ["a", "b"] })))).toEqual({
      user: "jane",
      groups: ["a", "b"],
    });
    expect(identityOf(message({}, secure(undefined)))).toEqual({ user: "system:anonymous" });
    expect(identityOf(message({ authorization: "Basic abc" }, secure(undefined)))).toEqual({
      user: "system:anonymous",
    });
  });

  it("may ask to act as somebody else", () => {
    const headers = {
      "impersonate-user": "jane",
      "impersonate-group": "a, b",
      "impersonate-uid": "1",
      "impersonate-extra-scopes%2fx": "view",
    };
    expect(identityOf(message(headers)).impersonate).toEqual({
      user: "jane",
      groups: ["a", "b"],
      uid: "1",
      extra: { "scopes/x": ["view"] },
    });
    expect(identityOf(message({ "impersonate-extra-%": "x" })).impersonate).toEqual({ extra: { "%": ["x"] } });
  });
});

describe("certificates", () => {
  const { server, client } = certificates(undefined);

  it("are signed by one authority and name the server and the administrator", () => {
    expect(server.ca).toBe(client.ca);
    const authority = new X509Certificate(server.ca);
    const ours = new X509Certificate(server.cert);
    const admin = new X509Certificate(client.clientCert);
    for (const certificate of [ours, admin]) expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(ours.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(ours.checkHost("localhost")).toBe("localhost");
    expect(admin.subject).toBe("O=system:masters\nCN=kubernetes-admin");
  });

  it("let the administrator do everything over HTTPS, and nobody else", async () => {
    const simulation = Simulation.start({ workers: 0 });
    simulation.advanceTo(30_000);
    const cluster = new RunningCluster(simulation, undefined, (error) => {
      throw error;
    });
    const listener = await listen(cluster, 0, server);
    const secrets = `${listener.url}/api/v1/secrets`;
    const admin = { cert: client.clientCert, key: client.clientKey };
    expect(await statusOf(secrets, { ca: client.ca, ...admin })).toBe(200);
    expect(await statusOf(secrets, { ca: client.ca })).toBe(403);
    const other = certificates(undefined);
    const stranger = { cert: other.client.clientCert, key: other.client.clientKey };
    expect(await statusOf(secrets, { ca: client.ca, ...stranger })).toBe(403);
    expect(new X509Certificate(other.server.ca).subject).not.toBe(new X509Certificate(server.ca).subject);
    await listener.close();
    cluster.stop();
  });
});
