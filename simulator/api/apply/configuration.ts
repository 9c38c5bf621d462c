import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { notAnObject } from "../patch/patch-error.ts";
import { readYaml } from "../yaml-text.ts";

const CONVERTING = "error converting YAML to JSON: ";

/** A configuration as it was sent, and what a strict reading of its text finds wrong. */
export interface Configuration {
  readonly object: JsonObject;
  readonly strictError: string | undefined;
}

// Models apimachinery pkg/util/yaml Unmarshal and UnmarshalStrict
/** Reads an applied configuration, YAML or JSON; the error is the text of upstream's. */
export function readConfiguration(body: JsonValue | undefined): Result<Configuration, string> {
  const read = typeof body === "string" ? readYaml(body) : ok({ value: body ?? null, strictError: undefined });
  if (!read.ok) return fail(`${CONVERTING}${read.error}`);
  const { value, strictError: twice } = read.value;
  const strictError = twice && `${CONVERTING}${twice}`;
  if (value === null) return ok({ object: {}, strictError });
  if (!isObject(value)) return fail(`error unmarshaling JSON: while decoding JSON: ${notAnObject(value)}`);
  return ok({ object: value, strictError });
}
