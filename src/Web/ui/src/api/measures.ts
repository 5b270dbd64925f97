import type { Instant } from './lists';

/** What `GET /measures` says: mirrors src/Runtime/Measuring/IMeasuring.cs. */
export type Measures = {
  isRunning: boolean;
  percent: number;
  measuredAt: Instant | null;
  seconds: number;
  customers: number;
  nextAt: Instant | null;
  partitionsWalking: number;
  lastError: string;
  /** What happened before may be missing in the numbers. */
  historyFrom: Instant | null;
  lines: MeasuredLine[];
};

export type MeasuredLine = {
  /** As an expression says it. */
  text: string;
  percent: number;
  /** null: not known yet. */
  line: number | null;
  since: Instant | null;
  customers: number;
  /** 0: exact. */
  errorPercent: number;
};
