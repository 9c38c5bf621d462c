import { memo } from "react";
import type { Tone } from "../store/status.ts";

/** A state as colour and shape at once: each tone has a shape of its own, so that it reads without colour too. */
export const StatusGlyph = memo(function StatusGlyph({ tone, size = 12 }: { tone: Tone; size?: number }) {
  const color = `var(--${tone})`;
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" aria-hidden="true" style={{ flex: "none", display: "block" }}>
      {shape(tone, color)}
    </svg>
  );
});

function shape(tone: Tone, color: string) {
  switch (tone) {
    case "running":
      return <circle cx="6" cy="6" r="5" fill={color} />;
    case "not-ready":
      return (
        <>
          <circle cx="6" cy="6" r="4.3" fill="none" stroke={color} strokeWidth="1.5" />
          <path d="M6 1.7a4.3 4.3 0 0 1 0 8.6z" fill={color} />
        </>
      );
    case "pending":
      return <circle cx="6" cy="6" r="4.1" fill="none" stroke={color} strokeWidth="2" />;
    case "failing":
      return <path d="M6 .9 11.6 11H.4z" fill={color} strokeLinejoin="round" />;
    case "terminating":
      return <circle cx="6" cy="6" r="4.2" fill="none" stroke={color} strokeWidth="1.9" strokeDasharray="2.4 2" />;
    case "completed":
      return (
        <>
          <circle cx="6" cy="6" r="5" fill={color} />
          <path d="M3.6 6.2 5.3 8l3-3.8" fill="none" stroke="var(--surface)" strokeWidth="1.4" />
        </>
      );
    case "unknown":
      return (
        <>
          <rect x="1.2" y="1.2" width="9.6" height="9.6" fill="none" stroke={color} strokeWidth="1.3" />
          <path d="M1.4 6 6 1.4M1.4 10.6l9.2-9.2M6 10.6 10.6 6" stroke={color} strokeWidth="1.1" />
        </>
      );
  }
}
