const minutesOfDay = 24 * 60;
const millisOfDay = 86_400_000;
const steps = 4096;

/** How much is done in each hour of the day: two shifts around lunch, a little in the evening, next to nothing at night. */
const weekdayHours = [1, 1, 1, 1, 1, 3, 12, 48, 90, 112, 118, 104, 86, 60, 26, 70, 96, 84, 52, 24, 9, 5, 3, 2];
const weekendHours = [2, 2, 2, 2, 2, 3, 6, 12, 20, 24, 24, 22, 18, 12, 8, 10, 12, 12, 10, 6, 4, 3, 2, 2];
/** Monday first. */
const dayWeights = [1.05, 1.1, 1.08, 1, 0.8, 0.07, 0.03];

/** Minutes after midnight for a share (0…1) of the day's work. */
type DayShape = (share: number) => number;

const shapeOf = (hours: readonly number[]): DayShape => {
  const total = hours.reduce((sum, hour) => sum + hour, 0);
  const minutes = new Float64Array(steps + 1);
  let step = 0;
  let before = 0;
  for (const [hour, amount] of hours.entries()) {
    for (; step <= steps && step / steps <= (before + amount) / total; step += 1) {
      minutes[step] = (hour + ((step / steps) * total - before) / amount) * 60;
    }
    before += amount;
  }
  for (; step <= steps; step += 1) minutes[step] = minutesOfDay;
  return (share) => {
    const place = share * steps;
    const low = Math.min(steps - 1, Math.floor(place));
    const from = minutes[low] ?? 0;
    return from + ((minutes[low + 1] ?? from) - from) * (place - low);
  };
};

const weekday = shapeOf(weekdayHours);
const weekend = shapeOf(weekendHours);

/** `day`: days since 1970-01-01, which was a Thursday. */
const weekdayOf = (day: number): number => (day + 3) % 7;

export const isWeekend = (day: number): boolean => weekdayOf(day) >= 5;
export const dayWeight = (day: number): number => dayWeights[weekdayOf(day)] ?? 0;
/** Books are closed in the last days of a month. */
export const isMonthEnd = (day: number): boolean => new Date((day + 3) * millisOfDay).getUTCDate() <= 3;
export const minuteOf = (day: number, share: number): number => (isWeekend(day) ? weekend(share) : weekday(share));
