import { type FieldError, forbidden, notSupported } from "../../api/meta/field-error.ts";

const MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
const ALONE = "ReadWriteOncePod";

/** Access modes of a volume or claim: known ones, and ReadWriteOncePod only alone. */
export function validateAccessModes(modes: readonly string[], path: string): readonly FieldError[] {
  const known = modes.filter((mode) => MODES.includes(mode));
  const unknown = modes.filter((mode) => !MODES.includes(mode)).map((mode) => notSupported(path, mode, MODES));
  const mixed = known.includes(ALONE) && known.some((mode) => mode !== ALONE);
  return [...unknown, ...(mixed ? [forbidden(path, `may not use ${ALONE} with other access modes`)] : [])];
}

const SHORT: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

// Models pkg/apis/core/helper GetAccessModesAsString
/** The modes as tables show them: `RWO,ROX`, in this order, each once. */
export function accessModesText(modes: readonly string[] = []): string {
  return Object.keys(SHORT)
    .filter((mode) => modes.includes(mode))
    .map((mode) => SHORT[mode])
    .join(",");
}
