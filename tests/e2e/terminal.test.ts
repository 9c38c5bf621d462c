import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StaticServer } from "../../scripts/static-server.mjs";
import { launchBrowser, screenshot, servePage } from "./support/browser.ts";
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

async function filesAndLoops(typist: Typist): Promise<void> {
  // Files, variables, pipes, loops.
  await typist.run("pwd; ls", /^\/home\/learner\nmanifests {2}README|README\s+manifests/m);
  await typist.run("echo $((6 * 7)) > answer; cat answer", "\n42");
  await typist.run("for n in one two; do echo $n; done | sort -r | head -1", "\ntwo");
  await typist.run("nosuch; echo code $?", "code 127");
  await typist.run("count() { wc -l < $1; }; count README", /^\s*\d+$/m);
  await typist.run("date | grep -c 20", "\n1");
  await typist.run("help", "Tab completes");
}

async function completion(typist: Typist): Promise<void> {
  // Completion of verbs, kinds, names and files.
  await typist.press("Control+l");
  await typist.type("kubectl get dep");
  await typist.press("Tab");
  await typist.sees("kubectl get deployments");
  await typist.press("Enter");
  await typist.sees("No resources found in default namespace.");
  await typist.prompted();
  await typist.press("Control+l");
  await typist.type("kubectl apply -f man");
  await typist.press("Tab");
  await typist.type("dep");
  await typist.press("Tab");
  await typist.sees("manifests/deployment.yaml");
  await typist.press("Enter");
  await typist.sees("deployment.apps/ml-model created");
  await typist.prompted();
}

async function watching(typist: Typist): Promise<void> {
  // A watch that Ctrl-C ends, and waiting.
  await typist.press("Control+l");
  await typist.type("kubectl get pods -w");
  await typist.press("Enter");
  await typist.sees(/ml-model-\S+ +1\/1 +Running/);
  await typist.press("Control+c");
  await typist.prompted();
  await typist.run("echo $?", "\n130");
  await typist.run("kubectl rollout status deploy/ml-model", "successfully rolled out");
  await typist.run("k get po -o name | wc -l", /^\s*3$/m);
  await typist.run("kubectl get pods -o jsonpath='{.items[0].status.phase}{\"\\n\"}'", "\nRunning");
  await typist.run("kubectl get po -o json | jq -r '.items[].metadata.labels.app' | uniq", "\nml-model");
  await typist.run("kubectl scale deploy ml-model --replicas 2", "scaled");
  await typist.run("kubectl create deployment web --image nginx --replicas 2", "web created");
  await typist.run("kubectl rollout status deployment web", "successfully rolled out");
  await typist.run("kubectl expose deploy web --port 80", "service/web exposed");
  await typist.run(
    "sleep 2; curl -s $(kubectl get svc web -o jsonpath={.spec.clusterIP}) | grep title",
    "Welcome to nginx!",
  );
  await typist.run("kubectl get svc web -o yaml | yq .spec.ports[0].port", "\n80");
}

async function container(typist: Typist): Promise<void> {
  // Into a container, and out again.
  await typist.press("Control+l");
  await typist.type("kubectl exec -it deploy/web -- sh");
  await typist.press("Enter");
  await typist.sees(/^# ?$/m);
  await typist.type("hostname");
  await typist.press("Enter");
  await typist.sees(/^web-\S+$/m);
  await screenshot(typist.page, "terminal-exec");
  await typist.type("exit");
  await typist.press("Enter");
  await typist.prompted();
  await typist.run("kubectl exec deploy/web -- cat /etc/hostname", /^web-/m);
}

async function editing(typist: Typist): Promise<void> {
  // An editor on an object.
  await typist.press("Control+l");
  await typist.type("kubectl edit deploy web");
  await typist.press("Enter");
  await typist.page.getByRole("button", { name: "Save and close" }).waitFor();
  await typist.press("Control+End");
  await screenshot(typist.page, "terminal-edit");
  await typist.page.getByRole("button", { name: "Leave unchanged" }).click();
  await typist.sees("Edit cancelled");
  await typist.prompted();
}

async function logs(typist: Typist): Promise<void> {
  // Logs while a rollout goes on.
  await typist.run("kubectl set image deploy/web nginx=nginx:1.29", "image updated");
  await typist.press("Control+l");
  await typist.type("kubectl logs -f deploy/web");
  await typist.press("Enter");
  await typist.sees("start worker process");
  await typist.press("Control+c");
  await typist.prompted();
  await typist.run("kubectl rollout status deploy/web && kubectl rollout history deploy/web", "REVISION");
  await typist.run("kubectl describe deploy web | grep Image", "nginx:1.29");
  await typist.run("kubectl get events | head -2 | wc -l", /^\s*2$/m);
}

async function history(typist: Typist): Promise<void> {
  // Reverse search, a line that goes on, a script in a file.
  await typist.press("Control+l");
  await typist.press("Control+r");
  await typist.type("answer");
  await typist.sees("(reverse-i-search)`answer'");
  await typist.press("Enter");
  await typist.sees("\n42");
  await typist.prompted();
  await typist.press("Control+l");
  await typist.type("echo 'a");
  await typist.press("Enter");
  await typist.type("b'");
  await typist.press("Enter");
  await typist.sees(/^a\nb$/m);
  await typist.prompted();
  await typist.run("kubectl create ns dev && kubens dev && kubectl get pods", "No resources found in dev namespace.");
  await typist.sees("tabernetes:dev");
  await typist.run("kubens default; kubectl delete deploy web ml-model", '"web" deleted');
  await typist.run("history | tail -1", "history");
}

async function ending(typist: Typist): Promise<void> {
  // An endless loop, and what is still there after a reload.
  await typist.press("Control+l");
  await typist.type("while true; do kubectl get ns | wc -l; sleep 1; done");
  await typist.press("Enter");
  await typist.sees(/^\s*\d+\n\s*\d+$/m);
  await typist.press("Control+c");
  await typist.prompted();
  await typist.page.reload();
  await typist.page.locator(".xterm").waitFor();
  await typist.prompted();
  await typist.run("cat answer", "\n42");
}

describe("a session at the terminal", () => {
  it("of some forty commands", { timeout: 120_000 }, async () => {
    await atTerminal(browser, server.url, async (typist) => {
      for (const part of [filesAndLoops, completion, watching, container, editing, logs, history, ending])
        await part(typist);
    });
  });
});

describe("what containers and objects say", () => {
  it("reaches no further than the screen", { timeout: 60_000 }, async () => {
    await atTerminal(browser, server.url, async (typist) => {
      const { page } = typist;
      const title = await page.title();
      const osc = "\\033]0;owned\\007\\033]52;c;b3duZWQ=\\007\\033]8;;http://evil.example\\007link\\033]8;;\\007";
      // Questions that a terminal would answer as if someone had typed.
      const questions = "\\033[c\\033[6n\\033[>c\\033[?1004h\\033P$qm\\033\\\\";
      await typist.run(`printf '${osc}${questions}done\\n'`, "linkdone");
      await typist.run("echo still fine", "\nstill fine");
      expect(await page.title()).toBe(title);
      expect(await page.locator(".xterm-underline-5, a[href*=evil]").count()).toBe(0);
      await typist.run("kubectl create cm bad --from-literal=a='<img src=x onerror=alert(1)>'", "created");
      await typist.run("kubectl annotate cm bad note=\"$(printf '\\033]0;owned\\007\\033[2J')\"", "annotated");
      await typist.run("kubectl get cm bad -o yaml; kubectl describe cm bad | head -9", "onerror");
      expect(await page.title()).toBe(title);
      expect(await page.locator(".xterm img").count()).toBe(0);
      // Hidden cursor, other screen, another charset: gone with the command.
      await typist.run("printf '\\033[?1049h\\033[?25l\\033(0'", undefined);
      await typist.run("echo abc", "\nabc");
    });
  });
});
