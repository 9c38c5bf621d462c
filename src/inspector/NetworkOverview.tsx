import { useShallow } from "zustand/react/shallow";
import { useCluster } from "../store/cluster.ts";
import { type EndpointSlice, keyOf, nameOf, type Service } from "../store/objects.ts";
import { kindView } from "../store/projection.ts";
import { summary } from "../store/summary.ts";
import { select } from "../store/ui.ts";
import { StatusGlyph } from "../widgets/StatusGlyph.tsx";
import classes from "./Inspector.module.css";
import { Age } from "./Overview.tsx";
import { Facts, Labels, Section, State } from "./parts.tsx";

export function ServiceOverview({ service }: { service: Service }) {
  const namespace = service.metadata?.namespace;
  const slices = useCluster(
    useShallow((state) =>
      [...kindView(state, "EndpointSlice").items]
        .filter(
          ([, slice]) =>
            slice.metadata?.namespace === namespace &&
            slice.metadata?.labels?.["kubernetes.io/service-name"] === nameOf(service),
        )
        .map(([key]) => key),
    ),
  );
  return (
    <>
      <Section>
        <Facts
          rows={[
            ["Type", service.spec?.type],
            ["Cluster IP", service.spec?.clusterIP],
            ["Name in DNS", `${nameOf(service)}.${namespace}.svc`],
            ...(service.spec?.ports ?? []).map(
              (port) =>
                [
                  `Port ${port.name ?? ""}`.trim(),
                  `${port.port} → ${port.targetPort ?? port.port}/${port.protocol ?? "TCP"}`,
                ] as const,
            ),
            ["Age", <Age key="age" object={service} />],
          ]}
        />
      </Section>
      <Section title="Endpoint slices">
        <div className={classes.rows}>
          {slices.map((key) => (
            <SliceRow key={key} sliceKey={key} />
          ))}
        </div>
        {slices.length === 0 && <p>None: no pod matches the selector.</p>}
      </Section>
      <Labels title="Selector" items={service.spec?.selector} />
    </>
  );
}

function SliceRow({ sliceKey }: { sliceKey: string }) {
  const slice = useCluster((state) => kindView(state, "EndpointSlice").items.get(sliceKey));
  if (!slice) return null;
  const state = summary("EndpointSlice", slice);
  return (
    <button type="button" className={classes.row} onClick={() => select({ kind: "EndpointSlice", key: sliceKey })}>
      <StatusGlyph tone={state?.tone ?? "unknown"} size={10} />
      <span className={classes.rowName}>{nameOf(slice)}</span>
      <span className={classes.rowNote}>{state?.line}</span>
    </button>
  );
}

export function EndpointsOverview({ slice }: { slice: EndpointSlice }) {
  const state = summary("EndpointSlice", slice);
  return (
    <>
      <Section>
        <Facts
          rows={[
            ["Status", state && <State key="state" tone={state.tone} word={state.line} />],
            ["Address type", slice.addressType],
            ["Ports", (slice.ports ?? []).map((port) => `${port.port}/${port.protocol ?? "TCP"}`).join(", ")],
            ["Age", <Age key="age" object={slice} />],
          ]}
        />
      </Section>
      <Section title="Endpoints">
        <div className={classes.rows}>
          {(slice.endpoints ?? []).slice(0, 60).map((endpoint) => {
            const target = endpoint.targetRef;
            const ready = endpoint.conditions?.ready !== false;
            return (
              <button
                key={endpoint.addresses[0] ?? target?.name}
                type="button"
                className={classes.row}
                disabled={target?.kind !== "Pod"}
                onClick={() => select({ kind: "Pod", key: keyOf(target?.namespace, target?.name ?? "") })}
              >
                <StatusGlyph tone={ready ? "running" : "not-ready"} size={10} />
                <span className={classes.rowName}>{target?.name ?? endpoint.addresses[0]}</span>
                <span className={classes.rowNote}>{endpoint.addresses[0]}</span>
              </button>
            );
          })}
        </div>
      </Section>
    </>
  );
}
