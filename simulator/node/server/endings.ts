import { internalError, type Status } from "../../api/errors.ts";

/** How exec and attach end: a Status on their error channel. */
export const SUCCESS = { metadata: {}, status: "Success" } as unknown as Status;

// Models apiserver pkg/util/proxy streamtranslator.go codeExitToStatusError
export function exitStatus(exitCode: number): Status {
  if (exitCode === 0) return SUCCESS;
  return {
    metadata: {},
    status: "Failure",
    message: `command terminated with non-zero exit code: command terminated with exit code ${exitCode}`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(exitCode) }] },
  } as unknown as Status;
}

export function internalStatus(message: string): Status {
  return internalError(message);
}

export function plainStatus(code: number, message: string): Status {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, code };
}
