/** What `POST /simulations` says: mirrors src/Runtime/Simulations/SimulationReport.cs. */
export type Simulation = { from: string; to: string; historyFrom: string | null; records: number; customers: number; seconds: number; campaigns: SimulatedCampaign[] };

export type SimulatedCampaign = {
  id: string;
  entered: number;
  notEntered: Record<string, number>;
  completed: number;
  exited: number;
  converted: number;
  messages: number;
  skipped: Record<string, number>;
  /** `day` in UTC, as 2026-07-01. */
  days: { day: string; entered: number; messages: number }[];
  then: { messages: number; both: number; onlyNow: number; onlyThen: number };
  examples: { customer: string; step: string; template: string; address: string; at: string }[];
};

/** What `POST /segments/preview` says: mirrors src/Runtime/Simulations/SegmentPreview.cs. */
export type SegmentPreview = {
  condition: string;
  /** Why it is not valid; `index` and `length` in the text. */
  errors: { index: number; length: number; message: string; suggestions: string[] }[];
  looked: number;
  members: number;
  customers: number;
  estimate: number;
  low: number;
  high: number;
  isExact: boolean;
  examples: string[];
  seconds: number;
  /** Before that instant the log was dropped; null: it is whole. */
  historyFrom: string | null;
};

/** What `GET /simulations/progress` says while one runs. */
export type SimulationProgress = { records: number; read: number; seconds: number };
