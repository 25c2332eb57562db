const dayMicros = 86_400_000_000;
const dayMillis = 86_400_000;
const timeZero = 2 ** 17;
const timeSpan = 2 ** 18;

/** Days since 1970-01-01 in UTC, of microseconds since then. */
export const dayOf = (occurredAt: number): number => Math.floor(occurredAt / dayMicros);

/** The same as SQL over `occurred_at`; SQLite’s division rounds towards zero. */
export const dayOfSql = `occurred_at / ${dayMicros} - (occurred_at % ${dayMicros} < 0)`;

/** Months since January 1970 of a day. */
export const monthOf = (day: number): number => {
  const date = new Date(day * dayMillis);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
};

/** The first day of a month. */
export const firstDayOf = (month: number): number => Math.floor(Date.UTC(1970, month) / dayMillis);

/** `2026-03-01`. */
export const dayText = (day: number): string => new Date(day * dayMillis).toISOString().slice(0, 10);

/** `2026-03`. */
export const monthText = (month: number): string => dayText(firstDayOf(month)).slice(0, 7);

/**
 * A small number and a day or month as one number. Days lie within ±104,250 of 1970, since times are whole numbers of
 * microseconds.
 */
export const withTime = (number: number, time: number): number => number * timeSpan + timeZero + time;
export const numberOf = (joined: number): number => Math.floor(joined / timeSpan);
export const timeOf = (joined: number): number => (joined % timeSpan) - timeZero;
