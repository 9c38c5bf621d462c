import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
} from "../../../api/meta/field-error.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import type { StorageV1TokenRequest } from "../../../api/schema/generated/types.ts";
import type { CsiDriver } from "../../../api/volumes/refs.ts";
import { validateCsiDriverName } from "../../core/pod/validation/volume-network.ts";

const FS_GROUP_POLICIES = ["File", "None", "ReadWriteOnceWithFSType"];
const LIFECYCLE_MODES = ["Ephemeral", "Persistent"];
const MIN_TOKEN_SECONDS = 10 * 60;
const MAX_TOKEN_SECONDS = 2 ** 32;
const MIN_UPDATE_SECONDS = 10;

// Models pkg/apis/storage/validation ValidateCSIDriver
export function validateCsiDriver(driver: CsiDriver): readonly FieldError[] {
  return [...validateCsiDriverName(driver.metadata.name, "name"), ...validateSpec(driver)];
}

// Models pkg/apis/storage/validation ValidateCSIDriverUpdate; the path `attachedRequired` is upstream's.
export function validateCsiDriverUpdate(driver: CsiDriver, old: CsiDriver): readonly FieldError[] {
  return [
    ...validateSpec(driver),
    ...validateImmutable(driver.spec.attachRequired, old.spec.attachRequired, "spec.attachedRequired"),
    ...validateImmutable(driver.spec.volumeLifecycleModes, old.spec.volumeLifecycleModes, "spec.volumeLifecycleModes"),
  ];
}

function validateSpec({ spec }: CsiDriver): readonly FieldError[] {
  const { fsGroupPolicy, nodeAllocatableUpdatePeriodSeconds: seconds } = spec;
  const modesPath = "spec.volumeLifecycleModes";
  return [
    ...(spec.attachRequired === undefined ? [required("spec.attachedRequired")] : []),
    ...(spec.podInfoOnMount === undefined ? [required("spec.podInfoOnMount")] : []),
    ...(spec.storageCapacity === undefined ? [required("spec.storageCapacity")] : []),
    ...(fsGroupPolicy === undefined
      ? [required("spec.fsGroupPolicy")]
      : FS_GROUP_POLICIES.includes(fsGroupPolicy)
        ? []
        : [notSupported("spec.fsGroupPolicy", fsGroupPolicy, FS_GROUP_POLICIES)]),
    ...validateTokenRequests(spec.tokenRequests ?? []),
    ...(spec.volumeLifecycleModes ?? [])
      .filter((mode) => !LIFECYCLE_MODES.includes(mode))
      .map((mode) => notSupported(modesPath, mode, LIFECYCLE_MODES)),
    ...(spec.seLinuxMount === undefined ? [required("spec.seLinuxMount")] : []),
    ...(seconds !== undefined && seconds < MIN_UPDATE_SECONDS
      ? [
          invalid(
            "spec.nodeAllocatableUpdatePeriodSeconds",
            seconds,
            `must be greater than or equal to ${MIN_UPDATE_SECONDS} seconds`,
          ),
        ]
      : []),
  ];
}

function validateTokenRequests(requests: readonly StorageV1TokenRequest[]): readonly FieldError[] {
  const seen = new Set<string>();
  return requests.flatMap(({ audience = "", expirationSeconds: seconds }, at) => {
    const path = index("spec.tokenRequests", at);
    const repeated = seen.has(audience) ? [duplicate(child(path, "audience"), audience)] : [];
    seen.add(audience);
    if (seconds === undefined) return repeated;
    const wrong = (text: string) => [...repeated, invalid(child(path, "expirationSeconds"), seconds, text)];
    if (seconds < MIN_TOKEN_SECONDS) return wrong("may not specify a duration less than 10 minutes");
    if (seconds > MAX_TOKEN_SECONDS) return wrong("may not specify a duration larger than 2^32 seconds");
    return repeated;
  });
}
