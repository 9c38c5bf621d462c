/** One directive of nginx's configuration: its name and words, and what stands in its braces. */
export interface Directive {
  readonly name: string;
  readonly words: readonly string[];
  readonly block: readonly Directive[] | undefined;
  readonly line: number;
}

/** Why a configuration can't be used, in nginx's words, without `nginx: [emerg] ` and the file's name. */
export interface ConfigProblem {
  readonly problem: string;
  readonly line: number;
}

interface Token {
  readonly text: string;
  readonly line: number;
  /** A brace or semicolon, rather than a word that looks like one. */
  readonly isMark: boolean;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\n|#[^\n]*|"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|[{};]|(?:\\.|\$\{[^}]*\}|[^\s{};])+/g;
  let line = 1;
  for (const match of text.matchAll(pattern)) {
    const [whole, double, single] = match;
    if (whole === "\n") line++;
    else if (!whole.startsWith("#")) {
      const quoted = double ?? single;
      const isMark = quoted === undefined && /^[{};]$/.test(whole);
      tokens.push({ text: quoted === undefined ? whole : unquoted(quoted), line, isMark });
      line += whole.split("\n").length - 1;
    }
  }
  return tokens;
}

const ESCAPES: { readonly [letter: string]: string } = { n: "\n", t: "\t", r: "\r" };
const unquoted = (text: string): string => text.replace(/\\(.)/g, (_whole, letter) => ESCAPES[letter] ?? letter);

/** Reads a configuration file. */
export function parseNginxConfig(text: string): readonly Directive[] | ConfigProblem {
  const tokens = tokensOf(text);
  const root: Directive[] = [];
  const stack: Directive[][] = [root];
  let words: Token[] = [];
  for (const token of tokens) {
    if (!token.isMark) {
      words.push(token);
      continue;
    }
    const [name, ...rest] = words;
    const into = stack.at(-1) ?? root;
    if (token.text === "}") {
      if (stack.length === 1 || name !== undefined) return { problem: 'unexpected "}"', line: token.line };
      stack.pop();
      continue;
    }
    if (name === undefined) return { problem: `unexpected "${token.text}"`, line: token.line };
    const block: Directive[] | undefined = token.text === "{" ? [] : undefined;
    into.push({ name: name.text, words: rest.map((word) => word.text), block, line: name.line });
    if (block !== undefined) stack.push(block);
    words = [];
  }
  const lastLine = text.split("\n").length;
  if (words.length > 0) return { problem: 'unexpected end of file, expecting ";" or "}"', line: lastLine };
  if (stack.length > 1) return { problem: 'unexpected end of file, expecting "}"', line: lastLine };
  return root;
}

/** The directives of a name in a block. */
export function directives(block: readonly Directive[] | undefined, name: string): readonly Directive[] {
  return (block ?? []).filter((directive) => directive.name === name);
}

/** The words of the last directive of a name, as nginx takes it. */
export function wordsOf(block: readonly Directive[] | undefined, name: string): readonly string[] | undefined {
  return directives(block, name).at(-1)?.words;
}
