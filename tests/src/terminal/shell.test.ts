import { describe, expect, it } from "vitest";
import { openShell, type Socket } from "./world.ts";

describe("a shell from line to line", () => {
  it("keeps variables, functions, folder, options, aliases and the exit code", async () => {
    const { shell, run } = openShell();
    await run("x=5; mkdir -p /tmp/y; cd /tmp/y");
    expect(await run("echo $x $PWD")).toBe("5 /tmp/y\n");
    await run("greet() { echo hello $1; }");
    expect(await run("greet you | tr h H")).toBe("Hello you\n");
    expect(await run("cd -; pwd")).toBe("/home/learner\n/home/learner\n");
    await run("alias ll='echo listed'");
    expect(await run("ll")).toBe("listed\n");
    await run("false");
    expect(await run("echo $?")).toBe("1\n");
    await run("set -o pipefail");
    expect(await shell.run("false | true")).toBe(1);
  });

  it("shows what commands print when they print it", async () => {
    const { shown, run } = openShell();
    await run("for i in 1 2; do echo $i; sleep 1; done; echo end");
    expect(shown.filter((text) => text !== "")).toEqual(["1\n", "2\n", "end\n"]);
  });

  it("shows what functions print when they print it, and only where their output goes to the terminal", async () => {
    const { shown, run } = openShell();
    await run('each() { echo "$1 a"; sleep 1; echo "$1 b"; return 4; }');
    await run("each x");
    expect(shown.filter((text) => text !== "")).toEqual(["x a\n", "x b\n"]);
    expect(await run("each y | tail -1; echo [$(each z)]; each w > f; cat f")).toBe("y b\n[z a z b]\nw a\nw b\n");
    await run("down() { echo $1; if [ $1 -gt 0 ]; then sleep 1; down $(($1 - 1)); fi; }; down 2");
    expect(shown.filter((text) => text !== "")).toEqual(["2\n", "1\n", "0\n"]);
    await run("if each v; then echo yes; else echo code $?; fi");
    expect(shown.join("")).toBe("v a\nv b\ncode 4\n");
  });

  it("helps with itself, through pipes too", async () => {
    const { run } = openShell();
    expect(await run("help | head -1")).toBe(
      "This is a shell beside a simulated Kubernetes cluster. The files are yours, and stay over a reload.\n",
    );
  });

  it("makes commands of what is piped to xargs", async () => {
    const { run } = openShell();
    const lines = "printf 'a b\\nc\\n' | xargs";
    expect(await run(`${lines} echo z`)).toBe("z a b c\n");
    expect(await run(`${lines} -n1 echo z`)).toBe("z a\nz b\nz c\n");
    expect(await run(`${lines} -L1 -I '{}' echo http://\\{\\}:80`)).toBe("http://a b:80\nhttp://c:80\n");
    expect(await run("printf 'x\\0y z\\0' | xargs -0 -I % echo [%]")).toBe("[x]\n[y z]\n");
    expect(await run(`echo "a 'b c'" | xargs printf '[%s]'`)).toBe("[a][b c]");
    expect(await run("printf '' | xargs -r echo none; printf '' | xargs echo one")).toBe("one\n");
    expect(await run("echo a | xargs -Q echo")).toContain("xargs: invalid option -- 'Q'");
    expect(await run("echo 1 | xargs test 2 =; echo $?")).toBe("123\n");
  });

  it("fetches pages by wget", async () => {
    const { run } = openShell();
    expect(await run("wget -qO- 10.0.0.1/page")).toBe("10.0.0.1/page\n");
    expect(await run("wget -q -O page http://10.0.0.1/x --timeout 2; cat page")).toBe("10.0.0.1/x\n");
    expect(await run("wget 10.0.0.1:81; echo $?")).toMatch(
      /Connecting to 10\.0\.0\.1:81\.\.\. failed: Connection refused\.\n4\n$/,
    );
    expect(await run("wget; echo $?")).toContain("wget: missing URL");
  });

  it("writes files, reads here-documents and edits", async () => {
    const { run } = openShell();
    await run("cat > b.txt <<EOF\nhi $((1 + 1))\nEOF");
    expect(await run("cat b.txt; wc -l < a.txt")).toMatch(/^hi 2\n\s*2\n$/);
    await run("vi b.txt");
    expect(await run("tail -1 b.txt")).toBe("edited\n");
    expect(await run("printf 'a: {b: 3}\\n' | yq .a.b")).toBe("3\n");
  });

  it.each([
    ["in front of a pipe", "cat <<EOF | tr a-z A-Z\none $HOME\nEOF\necho after", "ONE /HOME/LEARNER\nafter\n"],
    ["in front of several", "cat <<EOF | sort | head -1 && echo end\nb\na\nEOF", "a\nend\n"],
    [
      "that is quoted, and more on its line",
      "cat <<'EOF' | cat; echo behind\na $HOME 'q' \"d\"\nEOF",
      "a $HOME 'q' \"d\"\nbehind\n",
    ],
    ["in a loop", "for n in 1 2; do cat <<EOF | tr x y; done\nx $n\nEOF", "y 1\ny 2\n"],
    ["that is empty", "cat <<EOF | wc -c\nEOF", "0\n"],
    ["in a function", "f() { cat <<-EOF | tr a b; }\n\tba\n\tEOF\nf; f | cat", "bb\nbb\n"],
    ["beside another", "cat <<A <<B | cat\n1\nA\n2\nB", "2\n"],
  ])("reads a here-document %s", async (_, line, told) => {
    const { run } = openShell();
    expect(await run(line)).toBe(told);
  });

  it("gives cat what is typed", async () => {
    const { run } = openShell({ lines: ["one", "two"] });
    expect(await run("cat > file; cat file")).toBe("one\ntwo\n");
    expect(await run("echo piped | cat; cat < a.txt; cat a.txt | cat -")).toBe("piped\none\ntwo\none\ntwo\n");
    expect(await openShell({ lines: ["b", "a"] }).run("cat | sort")).toBe("a\nb\n");
  });

  it("ends with exit wherever it stands, and a script with a failure under set -e", async () => {
    const { shell, run } = openShell();
    expect(await run("if true; then exit 3; fi\necho never")).toBe("");
    expect([shell.ended, shell.exitCode]).toEqual([true, 3]);
    const script = openShell({ isScript: true });
    expect(await script.run("set -e\nfalse\necho never")).toBe("");
    expect(script.shell.exitCode).toBe(1);
    const person = openShell();
    await person.run("set -u; echo $nothing");
    expect(person.shell.ended).toBe(false);
  });

  it("says what it can't read, and knows what is not yet whole", async () => {
    const { shell, run } = openShell();
    for (const text of [
      "cat <<EOF\nhi",
      "echo 'abc",
      "if true; then",
      "for i in 1 2; do",
      "echo a |",
      "echo a \\",
      "a() {",
      "echo $((1 +",
      "echo $(date",
    ])
      expect([text, shell.isWhole(text)]).toEqual([text, false]);
    for (const text of ["echo a", "if true; then echo; fi", "echo )", "cat <<EOF\nhi\nEOF", "echo $((1 + 2)) '$(('"])
      expect([text, shell.isWhole(text)]).toEqual([text, true]);
    expect(await run("nosuch")).toBe("bash: nosuch: command not found\n");
    expect(shell.exitCode).toBe(127);
  });
});

describe("the cluster's clock", () => {
  it("is what date, sleep, timeout and watch go by", async () => {
    const { shell, run } = openShell();
    expect(await run("date -u +%H:%M; sleep 90m; date -u +%H:%M")).toBe("12:00\n13:30\n");
    expect(await shell.run("timeout 5 watch -n 1 echo hi")).toBe(124);
    expect(await run("sleep soon")).toBe("sleep: invalid time interval 'soon'\n");
  });

  it("lets a reader that is done end what goes on", async () => {
    const { run } = openShell();
    expect(await run("watch -t -n 1 echo hi | head -2")).toBe("hi\nhi\n");
  });

  it("is left at once by Ctrl-C, with what runs", async () => {
    const { shell } = openShell();
    const running = shell.run("while true; do sleep 1; done");
    setTimeout(() => shell.interrupt(), 50);
    expect(await running).toBe(130);
  });
});

describe("curl", () => {
  it("asks the cluster's network, and ports that are forwarded", async () => {
    const { shell, run, ports } = openShell();
    expect(await run("curl -s 10.96.0.9/x")).toBe("10.96.0.9/x\n");
    expect(await run("curl http://10.0.0.1:81")).toBe(
      "curl: (7) Failed to connect to 10.0.0.1 port 81 after 0 ms: Could not connect to server\n",
    );
    expect(shell.exitCode).toBe(7);
    await ports.listen("127.0.0.1", 8080, (socket: Socket) =>
      socket.hear((bytes) => {
        const path = /^GET (\S+)/.exec(bytes)?.[1] ?? "";
        socket.send(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`);
      }),
    );
    expect(await run("curl -s localhost:8080/there")).toBe("/there");
    expect(await run("curl -s localhost:9090")).toBe("");
    expect(shell.exitCode).toBe(7);
  });
});

describe("kubectl", () => {
  it("runs under its names, in pipes and substitutions", async () => {
    const { shell, run } = openShell();
    expect(await run("kubectl gett")).toContain('error: unknown command "gett" for "kubectl"');
    expect(shell.exitCode).toBe(1);
    expect(await run('x=$(k version --client 2>&1); echo "$x" | head -1')).toContain("Client Version");
  });
});
