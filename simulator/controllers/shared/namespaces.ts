import type { Status } from "../../api/errors.ts";

/** Whether a creation was refused because its namespace is gone, or going: no retry will help. */
export function isNamespaceGone({ code, details }: Status): boolean {
  return code === 404 || details?.causes?.some(({ reason }) => reason === "NamespaceTerminating") === true;
}
