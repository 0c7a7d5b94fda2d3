import type { Decimal } from './decimal.ts';

/** A day of the calendar; the month counts from 1. */
export interface Day {
  year: number;
  month: number;
  day: number;
}

/** What is told of a day beside its month and number. */
export interface DayParts {
  weekday: boolean;
  year: boolean;
}

/**
 * How one language says things, in words alone, so that no voice has to guess what figures mean. Undefined stands for what the
 * language has no words for.
 */
export interface SpokenForms {
  /** Monday first. */
  weekdays: readonly string[];
  /** Keys and letters one by one, with a short pause between groups. */
  digits(groups: readonly string[]): string;
  /** The same for a telephone number; `country` is its code, `49`. */
  phone(number: { country?: string; groups: readonly string[] }): string;
  number(value: Decimal): string;
  /** `place` counts from 1, as digits. */
  ordinal(place: string): string;
  money(amount: Decimal, currency: string): string;
  date(day: Day, parts: DayParts): string;
  /** `minute` of the day, from 0 to 1,440. */
  time(minute: number): string;
  duration(seconds: number): string;
}
