/** What `klog` puts before a line; kubectl's process is always the same here. */
const PROCESS = "      1";

// Models k8s.io/klog/v2 formatHeader
/** A line of kubectl's own log, as it goes to standard error. `place` is a source file's name and line. */
export function klogLine(level: "I" | "W" | "E" | "F", nowEpochMs: number, place: string, text: string): string {
  const date = new Date(nowEpochMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}`;
  const fraction = String(date.getUTCMilliseconds() * 1000).padStart(6, "0");
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}.${fraction}`;
  return `${level}${day} ${time} ${PROCESS} ${place}] ${text}\n`;
}
