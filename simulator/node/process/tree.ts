/*
 * A script as the executor walks it: the interpreter's syntax tree, cut down to what has to happen one after the other.
 * Nodes name one another by their place in the list, so that a process can point into it and stay plain data.
 */

/** A word or words: its text when nothing in it has to be expanded, else the source for the interpreter. */
export interface ShellWords {
  readonly source: string;
  /** The words themselves, when all are literal. */
  readonly literal: readonly string[] | undefined;
}

export interface ShellRedirection {
  /** The descriptor that is redirected. */
  readonly fd: number;
  readonly operator: "<" | ">" | ">>" | ">&" | "<&" | "<>" | ">|" | "&>" | "&>>" | "<<<" | "<<";
  readonly target: ShellWords;
}

export interface ShellAssignment {
  readonly name: string;
  readonly source: string;
  /** The value when it is literal and the assignment a plain one. */
  readonly literal: string | undefined;
}

export interface CommandNode {
  readonly kind: "command";
  /** The whole of it, for the interpreter. */
  readonly source: string;
  readonly line: number;
  /** Empty for a line of assignments, a `[[ ]]` or a `(( ))`. */
  readonly words: ShellWords;
  /** Whether it is a command with a name; not so for assignments, `[[ ]]` and `(( ))`. */
  readonly named: boolean;
  /** The name when it is literal. */
  readonly name: string | undefined;
  readonly assignments: readonly ShellAssignment[];
  readonly redirections: readonly ShellRedirection[];
}

export type ShellNode =
  | { readonly kind: "sequence"; readonly body: readonly number[] }
  | {
      readonly kind: "and-or";
      readonly body: readonly number[];
      /** Before each of the body but the first. */
      readonly operators: readonly ("&&" | "||" | ";")[];
    }
  | { readonly kind: "not"; readonly body: number }
  | { readonly kind: "background"; readonly body: number; readonly text: string }
  | {
      readonly kind: "pipeline";
      readonly stages: readonly number[];
      readonly texts: readonly string[];
      /** The whole of it, when every stage is a simple command. */
      readonly source: string | undefined;
      readonly line: number;
      /** Names of the stages' commands. */
      readonly names: readonly string[];
    }
  | CommandNode
  | {
      readonly kind: "if";
      readonly clauses: readonly { readonly condition: number; readonly body: number }[];
      readonly otherwise: number | undefined;
    }
  | { readonly kind: "loop"; readonly until: boolean; readonly condition: number; readonly body: number }
  | { readonly kind: "for"; readonly variable: string; readonly words: ShellWords; readonly body: number }
  | {
      readonly kind: "counting-for";
      readonly start: string;
      readonly condition: string;
      readonly update: string;
      readonly body: number;
    }
  | {
      readonly kind: "case";
      /** A script that prints the number of the first item that fits, counted from 0. */
      readonly pick: string;
      readonly items: readonly { readonly body: number; readonly terminator: ";;" | ";&" | ";;&" }[];
    }
  | { readonly kind: "subshell"; readonly body: number; readonly text: string }
  | { readonly kind: "redirected"; readonly body: number; readonly redirections: readonly ShellRedirection[] }
  | { readonly kind: "function"; readonly name: string; readonly source: string; readonly body: number }
  | { readonly kind: "syntax-error"; readonly message: string };

/** The node at 0 is the script. */
export type ShellTree = readonly ShellNode[];
