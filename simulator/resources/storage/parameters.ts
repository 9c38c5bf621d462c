import { type FieldError, invalid, required, tooLong } from "../../api/meta/field-error.ts";
import { byteLength } from "../../api/meta/go-text.ts";

const MAX_PARAMETERS = 512;
const MAX_PARAMETER_BYTES = 256 * 1024;

// Models pkg/apis/storage/validation validateParameters
/** The parameters of a class: how many, how large, none without a name; `mayBeEmpty` where it needs none. */
export function validateParameters(
  parameters: Readonly<Record<string, string>>,
  mayBeEmpty: boolean,
): readonly FieldError[] {
  const path = "parameters";
  const entries = Object.entries(parameters);
  if (entries.length > MAX_PARAMETERS) return [tooLong(path, MAX_PARAMETERS)];
  const bytes = entries.reduce((sum, [name, value]) => sum + byteLength(name) + byteLength(value), 0);
  return [
    ...("" in parameters ? [invalid(path, "", "field can not be empty.")] : []),
    ...(bytes > MAX_PARAMETER_BYTES ? [tooLong(path, MAX_PARAMETER_BYTES)] : []),
    ...(entries.length === 0 && !mayBeEmpty ? [required(path, "must contain at least one key/value pair")] : []),
  ];
}
