import {
  child,
  duplicate,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from "../../../api/meta/field-error.ts";
import { isDns1123Label, isPortName, isPortNumber, isQualifiedName } from "../../../api/meta/validation.ts";
import type { Service } from "../../../api/refs.ts";
import type { ServicePort } from "../../../api/schema/generated/types.ts";
import { PROTOCOLS } from "../endpoints/validation.ts";

// Models pkg/apis/core/validation ValidateService: the ports, each and together
export function validatePorts({ spec }: Service): readonly FieldError[] {
  const { ports = [], type } = spec;
  const names = new Set<string>();
  return [
    ...ports.flatMap((port, at) => {
      const path = index("spec.ports", at);
      const errors = validatePort(port, ports.length > 1, names, path);
      if (port.name) names.add(port.name);
      return errors;
    }),
    ...ports.flatMap((port, at) =>
      type === "ClusterIP" && port.nodePort
        ? [forbidden(child(index("spec.ports", at), "nodePort"), "may not be used when `type` is 'ClusterIP'")]
        : [],
    ),
    ...repeatedNodePorts(ports),
    ...repeatedPorts(ports),
  ];
}

function validatePort(
  port: ServicePort,
  requireName: boolean,
  names: ReadonlySet<string>,
  path: string,
): readonly FieldError[] {
  const { name = "", protocol = "", targetPort = 0, appProtocol } = port;
  const number = port.port ?? 0;
  const errors: FieldError[] = [];
  if (requireName && name === "") errors.push(required(child(path, "name")));
  if (name !== "") {
    errors.push(...isDns1123Label(name).map((text) => invalid(child(path, "name"), name, text)));
    if (names.has(name)) errors.push(duplicate(child(path, "name"), name));
  }
  errors.push(...isPortNumber(number).map((text) => invalid(child(path, "port"), number, text)));
  if (protocol === "") errors.push(required(child(path, "protocol")));
  else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(child(path, "protocol"), protocol, PROTOCOLS));
  const targetErrors = typeof targetPort === "number" ? isPortNumber(targetPort) : isPortName(targetPort);
  errors.push(...targetErrors.map((text) => invalid(child(path, "targetPort"), targetPort, text)));
  const protocolErrors = appProtocol === undefined ? [] : isQualifiedName(appProtocol);
  errors.push(...protocolErrors.map((text) => invalid(child(path, "appProtocol"), appProtocol, text)));
  return errors;
}

function repeatedNodePorts(ports: readonly ServicePort[]): readonly FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap(({ protocol, nodePort }, at) => {
    if (!nodePort) return [];
    const key = `${protocol} ${nodePort}`;
    const repeated = seen.has(key);
    seen.add(key);
    return repeated ? [duplicate(child(index("spec.ports", at), "nodePort"), nodePort)] : [];
  });
}

function repeatedPorts(ports: readonly ServicePort[]): readonly FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap(({ protocol = "", port }, at) => {
    const key = `${protocol} ${port}`;
    const repeated = seen.has(key);
    seen.add(key);
    if (!repeated) return [];
    // Go prints the internal type: its own field names, and all of them.
    const printed = { Name: "", Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
    return [duplicate(index("spec.ports", at), printed)];
  });
}
