/** Where something of a template stands, and how Go writes it in an error. */
export interface Place {
  readonly at: number;
  readonly line: number;
  readonly text: string;
}

export type Term = Place &
  (
    | { readonly kind: "dot" | "nil" }
    | {
        readonly kind: "constant";
        readonly value: string | number | boolean;
        readonly type: "int" | "float64" | "string" | "bool";
      }
    | { readonly kind: "variable"; readonly name: string; readonly names: readonly string[] }
    | { readonly kind: "function"; readonly name: string }
    | { readonly kind: "pipeline"; readonly pipeline: Pipeline }
    | { readonly kind: "field"; readonly names: readonly string[] }
    | { readonly kind: "chain"; readonly of: Term; readonly names: readonly string[] }
  );

/** A function or value with its arguments. */
export interface TemplateCommand extends Place {
  readonly terms: readonly [Term, ...Term[]];
}

export interface Pipeline extends Place {
  readonly declares: readonly string[];
  readonly assigns: boolean;
  readonly commands: readonly TemplateCommand[];
}

export function pipelineText(
  declares: readonly string[],
  assigns: boolean,
  commands: readonly TemplateCommand[],
): string {
  const head = declares.length === 0 ? "" : `${declares.join(", ")} ${assigns ? "=" : ":="} `;
  return head + commands.map(({ text }) => text).join(" | ");
}

/** A term with fields behind it. */
export function chainText(term: Term, names: readonly string[]): string {
  const base = term.kind === "pipeline" ? `(${term.text})` : term.text;
  return `${base}${names.map((name) => `.${name}`).join("")}`;
}
