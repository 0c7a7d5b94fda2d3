/** `4:05`, or `1:02:03` from an hour on; negative times count as zero. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Date and time of day as people of this language write them, in the reader's own time zone. */
export function dateTime(ms: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(ms);
}

/** Time of day with seconds. */
export function timeOfDay(ms: number, language: string): string {
  return new Intl.DateTimeFormat(language, { timeStyle: 'medium' }).format(ms);
}
