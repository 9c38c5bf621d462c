import type { FlagSpec } from "./flags.ts";

/** `-l`. */
export const SELECTOR: FlagSpec = {
  name: "selector",
  short: "l",
  type: "string",
  default: "",
  usage: "Label selector, with '=', '==', '!=', 'in', 'notin'.",
};
export const FIELD_SELECTOR: FlagSpec = {
  name: "field-selector",
  type: "string",
  default: "",
  usage: "Field selector, with '=', '==' and '!='.",
};
/** `-A`. */
export const ALL_NAMESPACES: FlagSpec = {
  name: "all-namespaces",
  short: "A",
  type: "bool",
  default: "false",
  usage: "Objects of all namespaces.",
};
/** `-f`, `-k` and `-R`. */
export const FILE_FLAGS: readonly FlagSpec[] = [
  { name: "filename", short: "f", type: "stringSlice", default: "", usage: "Files, folders or '-' with the objects." },
  { name: "kustomize", short: "k", type: "string", default: "", usage: "A folder with a kustomization." },
  { name: "recursive", short: "R", type: "bool", default: "false", usage: "Go through folders within folders." },
];
