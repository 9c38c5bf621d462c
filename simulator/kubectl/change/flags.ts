import { type Call, complaint } from "../cli/command.ts";
import type { FlagSpec, Flags } from "../cli/flags.ts";

/** Whether a change is sent, only tried by the server, or only shown. */
export type DryRun = "none" | "client" | "server";

/** What a `--dry-run` without a value stands for: deprecated, and the same as `client`. */
export const BARE_DRY_RUN = "unchanged";
export const DRY_RUN: FlagSpec = {
  name: "dry-run",
  type: "string",
  default: "none",
  bare: BARE_DRY_RUN,
  usage: "'none', 'server' (the server tries it and keeps nothing) or 'client' (nothing is sent).",
};
export const VALIDATE: FlagSpec = {
  name: "validate",
  type: "string",
  default: "strict",
  bare: "strict",
  usage: "What becomes of unknown fields: 'strict' refuses, 'warn' warns, 'ignore' drops them.",
};
export const SAVE_CONFIG: FlagSpec = {
  name: "save-config",
  type: "bool",
  default: "false",
  usage: "Keep the configuration in an annotation, for a later apply.",
};

/** `--field-manager` with a command's own name as default. */
export function fieldManager(name: string): FlagSpec {
  return { name: "field-manager", type: "string", default: name, usage: "Who is noted to own the fields." };
}

// Models kubectl pkg/cmd/util helpers.go GetDryRunStrategy
export function dryRunOf(flags: Flags): DryRun {
  const value = flags.text("dry-run");
  if (value === "client" || value === "server" || value === "none") return value;
  if (value === BARE_DRY_RUN) return "client";
  throw complaint(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
}

// Models kubectl pkg/cmd/util helpers.go GetValidationDirective
/** What the server is to do with unknown fields. */
export function validationOf(flags: Flags): "Strict" | "Warn" | "Ignore" {
  const value = flags.text("validate");
  if (value === "strict" || value === "true") return "Strict";
  if (value === "warn") return "Warn";
  if (value === "ignore" || value === "false" || value === "") return "Ignore";
  const known = "must be one of: strict (or true), warn, ignore (or false)";
  throw complaint(`invalid - validate option ${JSON.stringify(value)}; ${known}`);
}

/** What a request that changes something carries in its query, by the flags that the command has. */
export function writeQuery({ flags }: Pick<Call, "flags">, manager = flags.text("field-manager")): string {
  const parts: string[] = [];
  if (flags.has("dry-run") && dryRunOf(flags) === "server") parts.push("dryRun=All");
  if (manager !== "") parts.push(`fieldManager=${encodeURIComponent(manager)}`);
  if (flags.has("validate")) parts.push(`fieldValidation=${validationOf(flags)}`);
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}
