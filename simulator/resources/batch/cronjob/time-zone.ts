/**
 * Whether the IANA database knows a time zone by this name. The language's own tables are asked, which forgive a wrong case;
 * Go's do not.
 */
export function isTimeZone(name: string): boolean {
  if (name === "") return true;
  if (/^[-+]/.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}
