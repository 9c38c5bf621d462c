import { StatusGlyph } from "../../widgets/StatusGlyph.tsx";
import classes from "./CrowdMap.module.css";
import { type Measure, measures } from "./measure.ts";

const STEPS = Array.from({ length: 11 }, (_, at) => at);

/** What the cells' colours tell, and what they mean. */
export function MeasureBar({ measure, onChange }: { measure: Measure; onChange: (measure: Measure) => void }) {
  const meaning = measures.find(({ id }) => id === measure)?.meaning;
  return (
    <fieldset className={classes.measure}>
      <legend className="sr-only">Colour of the nodes</legend>
      <div className={classes.choices}>
        {measures.map(({ id, label }) => (
          <label key={id} className={classes.choice} data-chosen={id === measure || undefined}>
            <input
              type="radio"
              name="map-measure"
              className="sr-only"
              checked={id === measure}
              onChange={() => onChange(id)}
            />
            {label}
          </label>
        ))}
      </div>
      {measure === "health" ? (
        <span className={classes.key}>
          <StatusGlyph tone="running" size={9} /> ready
          <StatusGlyph tone="pending" size={9} /> – pending
          <StatusGlyph tone="failing" size={9} /> ▪ failing
          <StatusGlyph tone="unknown" size={9} /> × not ready
        </span>
      ) : (
        <span className={classes.key} title={meaning}>
          0 %
          <span className={classes.ramp} aria-hidden="true">
            {STEPS.map((at) => (
              <span key={at} style={{ background: `var(--ramp-${at})` }} />
            ))}
          </span>
          100 %
        </span>
      )}
      <span className="sr-only">{meaning}</span>
    </fieldset>
  );
}
