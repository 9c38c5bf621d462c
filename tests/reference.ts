import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder of recordings of a real v1.36 control plane, or undefined where it is not at hand (it is not part of the
 * repository): tests that compare with it skip then.
 */
export function referenceFolder(): string | undefined {
  const beside = join(dirname(fileURLToPath(import.meta.url)), "../../shared/reference");
  const folder = process.env.TABERNETES_REFERENCE ?? beside;
  return existsSync(folder) ? folder : undefined;
}
