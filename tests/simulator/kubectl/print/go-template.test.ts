import { describe, expect, it } from "vitest";
import { parseGoTemplate } from "../../../../simulator/kubectl/print/go-template.ts";

const LIST = {
  kind: "List",
  items: [{ name: "a", n: 1000650000, tags: { x: "1", y: "2" } }, { name: "b" }],
  data: "aGk=",
};

/** What a template makes, or what is wrong with it, after what it had written until then. */
function run(source: string, allowMissing = true): string {
  const parsed = parseGoTemplate(source, allowMissing);
  if (!parsed.ok) return parsed.error;
  const done = parsed.value(LIST);
  return done.ok ? done.value : `${done.error.text}|${done.error.problem}`;
}

describe("Go's templates", () => {
  it.each([
    ["{{.kind}} {{.nope}}", "List <no value>"],
    ["{{range $i, $x := .items}}{{$i}}={{$x.name}};{{end}}", "0=a;1=b;"],
    ["{{range $k, $v := (index .items 0).tags}}{{$k}}:{{$v}},{{end}}", "x:1,y:2,"],
    ["{{range .nope}}x{{else}}none{{end}}", "none"],
    ['{{range .items}}{{if eq .name "b"}}{{break}}{{end}}{{.name}}{{end}}', "a"],
    ["{{with .nope}}x{{else with .kind}}{{.}}{{end}}", "List"],
    ["{{if and .kind (not .nope)}}yes{{else if .nope}}no{{end}}", "yes"],
    ["{{$x := 1}}{{range .items}}{{$x = .name}}{{end}}{{$x}}", "b"],
    ["a {{- .kind -}} b{{/* note */}}", "aListb"],
    ['{{define "t"}}[{{.name}}]{{end}}{{range .items}}{{template "t" .}}{{end}}', "[a][b]"],
    ['{{block "t" .kind}}<{{.}}>{{end}}', "<List>"],
    [
      '{{printf "%-5s|%05d|%q|%x|%v|%.2f|%d" "a" 42 "q" 255 true 1.5 "s"}}',
      'a    |00042|"q"|ff|true|1.50|%!d(string=s)',
    ],
    ['{{printf "%s"}} {{printf "a" 5}}', "%!s(MISSING) a%!(EXTRA int=5)"],
    ['{{print 1 2 "a" "b" 3}}', "1 2a b3".replace("a b", "ab")],
    ["{{len .items}} {{index .kind 0}} {{slice .kind 1 3}}", "2 76 is"],
    ['{{html "<&>"}} {{js "\'"}} {{urlquery "a b&"}}', "&lt;&amp;&gt; \\' a+b%26"],
    ["{{.data | base64decode | len}}", "2"],
    ["{{(index .items 0).n}} {{1000000.0}} {{0x10}} {{'a'}} {{`raw`}}", "1000650000 1e+06 16 97 raw"],
    ['{{exists . "items"}} {{exists . "nope" "x"}}', "true false"],
    ["{{index .items 0}}", "map[n:1000650000 name:a tags:map[x:1 y:2]]"],
  ])("%s makes %s", (source, wanted) => {
    expect(run(source)).toBe(wanted);
  });

  it.each([
    ["{{.kind", "template: output:1: unclosed action"],
    ["{{end}}", "template: output:1: unexpected {{end}}"],
    ["{{if .kind}}", "template: output:1: unexpected EOF"],
    ["\n{{nope}}", 'template: output:2: function "nope" not defined'],
    ["{{$x}}", 'template: output:1: undefined variable "$x"'],
    ["{{.with-dash}}", "template: output:1: bad character U+002D '-'"],
    ["{{range}}{{end}}", "template: output:1: missing value for range"],
    ["{{.kind | 5}}", "template: output:1: non executable command in pipeline stage 2"],
  ])("%s can't be read", (source, problem) => {
    expect(run(source)).toBe(problem);
  });

  it.each([
    [
      "x{{.kind.a}}",
      'x|template: output:1:8: executing "output" at <.kind.a>: can\'t evaluate field a in type interface {}',
    ],
    ["{{index .items 2}}", "reflect: slice index out of range"],
    ["{{index .items 9}}", "<index .items 9>: error calling index: index out of range: 9"],
    ['{{if eq 1 "b"}}{{end}}', "incompatible types for comparison: int and string"],
    ["{{nil}}", "at <nil>: nil is not a command"],
    ["{{len}}", "wrong number of args for len: want 1 got 0"],
    ['{{template "none"}}', 'template "none" not defined'],
    ["{{call .kind}}", "non-function .kind of type string"],
    ["{{range .kind}}{{end}}", "range can't iterate over List"],
    ['{{define "t"}}{{template "t"}}{{end}}{{template "t"}}', "exceeded maximum template depth"],
  ])("%s can't be carried out", (source, problem) => {
    expect(run(source)).toContain(problem);
  });

  it("misses keys only when told to", () => {
    expect(run("{{.nope}}", false)).toContain('map has no entry for key "nope"');
  });
});
