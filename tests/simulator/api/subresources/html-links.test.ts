import { describe, expect, it } from "vitest";
import { proxiedAddress, proxiedPage } from "../../../../simulator/api/subresources/html-links.ts";

const PREFIX = "/api/v1/namespaces/default/pods/web:80/proxy";
const rewrite = (address: string) => proxiedAddress(address, "10.244.1.3:80", PREFIX);

describe("what comes through a proxy", () => {
  // Rows after apimachinery pkg/util/proxy transport_test.go
  it.each([
    ["an absolute path", "/next", `${PREFIX}/next`],
    ["the root", "/", `${PREFIX}/`],
    ["a folder with a question", "/a/?b=c#d", `${PREFIX}/a/?b=c#d`],
    ["a relative path", "next", "next"],
    ["the same host", "http://10.244.1.3:80/next", `${PREFIX}/next`],
    ["another host", "http://example.com/next", "http://example.com/next"],
    ["a path that goes through the proxy already", `${PREFIX}/next`, `${PREFIX}/next`],
  ])("leads back through it: %s", (_, address, wanted) => {
    expect(rewrite(address)).toBe(wanted);
  });

  it.each([
    ["a link", '<a href="/x">x</a>', `<a href="${PREFIX}/x">x</a>`],
    ["without quotes", "<img src=/x.png alt=y>", `<img src="${PREFIX}/x.png" alt="y">`],
    ["an attribute that holds no address", '<a title="/x">x</a>', '<a title="/x">x</a>'],
    ["a tag without addresses", '<p href="/x">1 < 2</p>', '<p href="/x">1 < 2</p>'],
  ])("has its links led through it: %s", (_, html, wanted) => {
    expect(proxiedPage(html, rewrite)).toBe(wanted);
  });
});
