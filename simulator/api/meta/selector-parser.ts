import { fail, ok, type Result } from "../../base/result.ts";
import { fieldErrorMessage, invalid, NO_PATH } from "./field-error.ts";
import { newRequirement, type Operator, type Requirement, type Selector, selectorOf } from "./labels.ts";
import { isQualifiedName } from "./validation.ts";

// Models apimachinery pkg/labels Parse: `a=b,c in (d,e),!x,y!=z,n>3`.

type TokenKind = "identifier" | "end" | "in" | "notin" | "=" | "==" | "!=" | "!" | ">" | "<" | "(" | ")" | ",";

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const TOKEN = /[ \t\r\n]*(==|!=|[=!(),><]|[^=!(),>< \t\r\n]+)/gy;
const SYMBOLS = new Set<string>(["==", "!=", "=", "!", "(", ")", ",", ">", "<", "in", "notin"]);
const OPERATORS: Readonly<Partial<Record<TokenKind, Operator>>> = {
  "=": "=",
  "==": "==",
  "!=": "!=",
  ">": "gt",
  "<": "lt",
  in: "in",
  notin: "notin",
};
const OPERATOR_LIST = "in, notin, =, ==, !=, gt, lt";

class SelectorError extends Error {}

function tokens(text: string): readonly Token[] {
  const list: Token[] = [];
  for (const [, token = ""] of text.matchAll(TOKEN)) {
    list.push({ kind: SYMBOLS.has(token) ? (token as TokenKind) : "identifier", text: token });
  }
  return list;
}

const END: Token = { kind: "end", text: "" };

class Parser {
  private at = 0;
  private readonly list: readonly Token[];

  constructor(text: string) {
    this.list = tokens(text);
  }

  /** The next token where a key or value may stand: `in` and `notin` are names there. */
  private peek(): Token {
    const token = this.list[this.at] ?? END;
    return token.kind === "in" || token.kind === "notin" ? { kind: "identifier", text: token.text } : token;
  }

  private take(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  parse(): readonly Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const next = this.peek();
      if (next.kind === "end") return requirements;
      if (next.kind !== "identifier" && next.kind !== "!") {
        throw new SelectorError(`found '${next.text}', expected: !, identifier, or 'end of string'`);
      }
      requirements.push(this.requirement());
      const after = this.take();
      if (after.kind === "end") return requirements;
      if (after.kind !== ",") throw new SelectorError(`found '${after.text}', expected: ',' or 'end of string'`);
      const following = this.peek();
      if (following.kind !== "identifier" && following.kind !== "!") {
        throw new SelectorError(`found '${following.text}', expected: identifier after ','`);
      }
    }
  }

  private requirement(): Requirement {
    try {
      return this.checked();
    } catch (error) {
      if (error instanceof SelectorError) error.message = `unable to parse requirement: ${error.message}`;
      throw error;
    }
  }

  private checked(): Requirement {
    let name = this.take();
    const isAbsent = name.kind === "!";
    if (isAbsent) name = this.take();
    if (name.kind !== "identifier") throw new SelectorError(`found '${name.text}', expected: identifier`);
    const wrong = isQualifiedName(name.text);
    if (wrong.length > 0) throw new SelectorError(fieldErrorMessage(invalid(NO_PATH, name.text, wrong.join("; "))));
    const next = this.peek().kind;
    if (isAbsent) return this.made(name.text, "!", []);
    if (next === "end" || next === ",") return this.made(name.text, "exists", []);
    const operator = this.operator();
    const values = operator === "in" || operator === "notin" ? this.valueList() : [this.exactValue()];
    return this.made(name.text, operator, [...new Set(values)].sort());
  }

  private made(key: string, operator: Operator, values: readonly string[]): Requirement {
    const result = newRequirement(key, operator, values);
    if (!result.ok) throw new SelectorError(result.error);
    return result.value;
  }

  private operator(): Operator {
    const token = this.list[this.at++] ?? END;
    const operator = OPERATORS[token.kind];
    if (!operator) throw new SelectorError(`found '${token.text}', expected: ${OPERATOR_LIST}`);
    return operator;
  }

  private exactValue(): string {
    const next = this.peek().kind;
    if (next === "end" || next === ",") return "";
    const token = this.take();
    if (token.kind !== "identifier") throw new SelectorError(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  /** `(a,b)`; an empty place between commas is the empty value. */
  private valueList(): readonly string[] {
    const open = this.take();
    if (open.kind !== "(") throw new SelectorError(`found '${open.text}' expected: '('`);
    const first = this.peek();
    if (first.kind === ")") {
      this.at++;
      return [""];
    }
    if (first.kind !== "identifier" && first.kind !== ",") {
      throw new SelectorError(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = this.identifiers();
    this.at++;
    return values;
  }

  /** Up to, and without, the closing parenthesis. */
  private identifiers(): readonly string[] {
    const values: string[] = [];
    for (;;) {
      const token = this.take();
      const next = this.peek();
      if (token.kind === "identifier") {
        values.push(token.text);
        if (next.kind === ")") return values;
        if (next.kind !== ",") throw new SelectorError(`found '${next.text}', expected: ',' or ')'`);
      } else if (token.kind === ",") {
        if (values.length === 0) values.push("");
        if (next.kind === ")" || next.kind === ",") values.push("");
        if (next.kind === ")") return values;
      } else {
        throw new SelectorError(`found '${token.text}', expected: ',', or identifier`);
      }
    }
  }
}

/** Parses a label selector's text; the error is the API server's own. */
export function parseLabelSelector(text: string): Result<Selector, string> {
  try {
    return ok(selectorOf(new Parser(text).parse()));
  } catch (error) {
    if (error instanceof SelectorError) return fail(error.message);
    throw error;
  }
}
