import type { ParityScript } from "../session.ts";

const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m-{n}}\n";

/** Texts that somebody typed wrong, and what is said of them. */
const BROKEN: { readonly [name: string]: string } = {
  "open-list": "a: [",
  "open-map": "a: {",
  nested: "a: b: c",
  "nested-below": "a: b\n c: d",
  "nested-deep": "x:\n  a: b\n   c: d",
  outdented: "x:\n  a: b\n c: d",
  tab: "a:\n\t- b",
  "tab-after": "a: b\n\tc: d",
  "tab-first": "\ta: b",
  quote: '"a',
  "quote-value": 'kind: Pod\nmetadata:\n  name: "x\nspec: {}',
  single: "'a",
  "single-twice": "a: 'it's'",
  "list-then-map": "- a\nb: c",
  "map-then-list": "a: b\n- c",
  alias: "a: *x",
  at: "a: @x",
  backtick: "a: `x",
  percent: "key: %x",
  block: "a: |x\n  b",
  escape: 'a: "\\q"',
  "open-list-more": "a: [b\nc: d",
  "open-map-more": "a: {b: c",
  "wrong-close": "a: [b, c}",
  "no-colon": "a: b\nc",
  "no-colon-below": "metadata:\n  name: x\n  labels\n    app: x",
  "no-space": "a:b\nc: d",
  "item-indent": "spec:\n  containers:\n  - name: x\n   image: y",
  "item-shallow": "spec:\n  containers:\n   - name: x\n  - name: y",
  "item-nested": "- a\n b: c",
  "same-line-item": "a: - b",
  template: "a: {{ x }}",
  "after-quote": 'a: "b" c',
  "flow-map": "{a: b",
  json: '{"a": 1,}',
  "json-open": '{"a": 1',
  "json-word": '{"a": nope}',
  "json-twice": '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "j-{n}"}} {"a"',
};

const ODD: { readonly [name: string]: string } = {
  "empty-name": `${MAP.replace("m-{n}", '""')}`,
  "number-name": `${MAP.replace("m-{n}", "123")}`,
  "e1-name": `${MAP.replace("m-{n}", "e1-{n}")}data: {a: e1, b: "1e1"}\n`,
  "exponent-name": `${MAP.replace("m-{n}", "e1")}`,
  "bad-name": `${MAP.replace("m-{n}", "Bad_Name")}`,
  "number-data": `${MAP}data: {a: 1}\n`,
  "bool-data": `${MAP}data: {a: yes}\n`,
  "list-data": `${MAP}data: [a]\n`,
  "twice-field": `${MAP}data: {a: "1"}\ndata: {b: "2"}\n`,
  "unknown-field": `${MAP}dta: {a: "1"}\n`,
  "no-version": "kind: ConfigMap\nmetadata: {name: x}\n",
  "no-kind": "apiVersion: v1\nmetadata: {name: x}\n",
  "no-name": "apiVersion: v1\nkind: ConfigMap\n",
  scalar: "hello\n",
  list: "- a\n- b\n",
  empty: "",
  comment: "# nothing\n",
  dashes: "---\n---\n",
  "two-and-bad": `${MAP}---\na: [`,
  "wrong-version": "apiVersion: apps/v2\nkind: Deployment\nmetadata: {name: x}\n",
  "wrong-kind": "apiVersion: apps/v1\nkind: Deploymentt\nmetadata: {name: x}\n",
  octal: `${MAP}data: {a: "0644"}\nimmutable: 0644\n`,
  anchors: `${MAP}data: {a: &x "1", b: *x}\n`,
  merge: "base: &b {kind: ConfigMap}\n<<: *b\napiVersion: v1\nmetadata: {name: merged-{n}}\n",
  "json-whole": '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "whole-{n}"}}',
  "flow-whole": "{apiVersion: v1, kind: ConfigMap, metadata: {name: flow-{n}}}",
};

/** Manifests with mistakes in them. */
export const manifestsScript: ParityScript = {
  name: "manifests",
  steps: [
    // Both are to find it there.
    { command: "apply -f -", stdin: ODD["exponent-name"] ?? "", setup: true },
    ...Object.entries(BROKEN).map(([name, text]) => ({
      command: "create -f -",
      stdin: `${text}\n`,
      ...((name.startsWith("json") || name === "flow-map") && { reason: "JSON that is none is read as YAML" }),
    })),
    ...["apply -f -", "create -f - --dry-run=server"].flatMap((command) =>
      Object.values(ODD).map((stdin) => ({ command, stdin })),
    ),
  ],
};
