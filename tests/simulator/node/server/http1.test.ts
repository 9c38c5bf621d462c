import { describe, expect, it } from "vitest";
import { responseBytes, takeRequest } from "../../../../simulator/node/server/http1.ts";

describe("HTTP/1 in bytes", () => {
  it.each([
    ["GET / HT", "more"],
    ["GET / HTTP/1.1\r\nHost: a\r\n", "more"],
    ["POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", "more"],
    ["POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "more"],
    ["*1\r\n$4\r\nPING\r\n", "other"],
    ["hello\r\n", "other"],
    ["\x16\x03\x01\x00", "other"],
    ["GET / HTTP/2.0\r\n\r\n", "other"],
  ])("%j is %s", (bytes, kind) => {
    expect(takeRequest(bytes).kind).toBe(kind);
  });

  it("takes one request after the other", () => {
    const bytes =
      "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /d HTTP/1.1\r\nConnection: close\r\n\r\n";
    const first = takeRequest(bytes);
    if (first.kind !== "request") throw new Error(first.kind);
    expect(first.request).toEqual({
      method: "POST",
      path: "/a?b=c",
      headers: { Host: "x", "Content-Length": "3" },
      body: "abc",
    });
    expect(first.closes).toBe(false);
    const second = takeRequest(first.rest);
    expect(second).toMatchObject({ kind: "request", closes: true, rest: "", request: { path: "/d", body: "" } });
  });

  it("puts chunks together", () => {
    const taken = takeRequest(
      "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nrest",
    );
    expect(taken).toMatchObject({ request: { body: "abcde" }, rest: "rest" });
  });

  it("writes answers with their length", () => {
    const answer = { status: 404, headers: { "Content-Type": "text/plain", "content-length": "99" }, body: "none\n" };
    const head = "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nConnection: close\r\n\r\n";
    expect(responseBytes(answer, { isHead: false, closes: true })).toBe(`${head}none\n`);
    expect(responseBytes(answer, { isHead: true, closes: true })).toBe(head);
    expect(responseBytes({ status: 204, headers: {}, body: "" }, { isHead: false, closes: false })).toBe(
      "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n",
    );
  });
});
