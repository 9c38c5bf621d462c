import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StaticServer } from "../../scripts/static-server.mjs";
import { launchBrowser, servePage } from "./support/browser.ts";
import { atTerminal, type Typist } from "./support/typist.ts";

let browser: Browser;
let server: StaticServer;
beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), servePage()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function readingPages(typist: Typist): Promise<void> {
  // A pager, a watch, keys that are the program's own.
  await typist.press("Control+l");
  await typist.type("kubectl get pods -A -o yaml | less");
  await typist.press("Enter");
  await typist.sees(/^apiVersion: v1\n(.*\n)+:$/m);
  await typist.press("G");
  await typist.sees("(END)");
  await typist.press("q");
  await typist.prompted();
  await typist.type("help | less");
  await typist.press("Enter");
  await typist.sees("Tab completes");
  await typist.press("G");
  await typist.press("q");
  await typist.prompted();
  await typist.press("Control+l");
  await typist.type("watch kubectl get pods");
  await typist.press("Enter");
  await typist.sees(/^Every 2\.0s: kubectl get pods/m);
  await typist.press("Control+c");
  await typist.prompted();
}

async function insideAPod(typist: Typist): Promise<void> {
  // A pod for a moment: its shell, and nothing left of it.
  await typist.press("Control+l");
  await typist.type("kubectl run tmp --image=busybox -it --rm --restart=Never -- sh");
  await typist.press("Enter");
  await typist.sees("If you don't see a command prompt, try pressing enter.");
  await typist.press("Enter");
  await typist.sees(/^\/ # $|^\/ #$/m);
  await typist.type("hostname");
  await typist.press("Enter");
  await typist.sees(/^tmp$/m);
  await typist.type("exit");
  await typist.press("Enter");
  await typist.sees('pod "tmp" deleted from default namespace');
  await typist.prompted();
  await typist.run("kubectl get pods", "No resources found");
}

async function asItIsMade(typist: Typist): Promise<void> {
  // A function that takes its time shows each line when it is printed.
  await typist.run("slow() { for n in one two three; do echo line $n; sleep 3; done; echo all said; }");
  await typist.press("Control+l");
  await typist.type("slow");
  await typist.press("Enter");
  await typist.sees("line one");
  expect(await typist.screen()).not.toContain("all said");
  await typist.press("Control+c");
  await typist.prompted();
}

async function ports(typist: Typist): Promise<void> {
  // A service by its port, by a node's, and through a forwarded one.
  await typist.run(
    "kubectl create deployment web --image=nginx && kubectl expose deploy web --port=80 --type=NodePort",
    "exposed",
  );
  await typist.run("kubectl rollout status deploy/web", "successfully rolled out");
  await typist.run("wget -qO- $(kubectl get svc web -o jsonpath={.spec.clusterIP}) | grep title", "Welcome to nginx!");
  const node = "$(kubectl get no node-1 -o jsonpath='{.status.addresses[0].address}')";
  await typist.run(
    `curl -s ${node}:$(kubectl get svc web -o jsonpath={.spec.ports[0].nodePort}) | grep title`,
    "Welcome",
  );
  await typist.press("Control+l");
  await typist.type("kubectl port-forward svc/web 8080:80");
  await typist.press("Enter");
  await typist.sees("Forwarding from 127.0.0.1:8080 -> 80");
  // A second terminal asks the port of the first.
  await typist.page.getByRole("button", { name: "New terminal" }).click();
  await typist.prompted();
  await typist.run("curl -s localhost:8080 | grep title", "Welcome to nginx!");
  await typist.type("exit");
  await typist.press("Enter");
  await typist.sees("Handling connection for 8080");
  await typist.page.locator(".xterm-helper-textarea").focus();
  await typist.press("Control+c");
  await typist.prompted();
}

async function badInput(typist: Typist): Promise<void> {
  // What never ends, what is too much, what is no text.
  await typist.press("Control+l");
  await typist.type("while true; do :; done");
  await typist.press("Enter");
  await typist.page.waitForTimeout(300);
  await typist.press("Control+c");
  await typist.prompted();
  await typist.run("yes | kubectl apply -f -", /error/);
  await typist.run("printf '\\377\\200\\000\\001\\016\\n'; echo after", "after");
  await typist.press("Control+l");
  await typist.type("yes 0123456789012345678901234567890123456789 | head -c 20000000; echo; echo told");
  await typist.press("Enter");
  await typist.sees(/^told$/m);
  await typist.prompted();
  await typist.press("Control+l");
  await typist.type("cat > note <<EOF");
  await typist.press("Enter");
  await typist.sees(/^> ?$/m);
  await typist.type("one");
  await typist.press("Enter");
  await typist.type("EOF");
  await typist.press("Enter");
  await typist.prompted();
  await typist.run("cat note; kubectl apply -f nosuch.yaml", 'the path "nosuch.yaml" does not exist');
}

async function wideAndNarrow(typist: Typist): Promise<void> {
  // A long line goes on in the next row, also after the window became narrow.
  await typist.page.setViewportSize({ width: 700, height: 720 });
  await typist.press("Control+l");
  await typist.type(`echo ${"abcdefghi ".repeat(14)}end`);
  await typist.page.setViewportSize({ width: 1280, height: 720 });
  await typist.press("Enter");
  await typist.sees(/abcdefghi end\n/);
  await typist.prompted();
}

describe("a person at the terminal", () => {
  it("reads pages, goes into pods, asks ports, and stops what never ends", { timeout: 120_000 }, async () => {
    await atTerminal(browser, server.url, async (typist) => {
      for (const part of [readingPages, insideAPod, asItIsMade, ports, badInput, wideAndNarrow]) await part(typist);
    });
  });
});
