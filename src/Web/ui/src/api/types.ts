/**
 * What the management API and the live hub say: mirrors src/Runtime/Queries/Views.cs and src/Runtime/Live/ILiveFeed.cs.
 * Times are ISO 8601 in UTC; money is integer minor units by ISO 4217 code.
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** `historyFrom` is a timeline's: before that instant the log was dropped. */
export type Page<T> = { items: T[]; next: string | null; historyFrom?: string | null };

/** What the server is set up with. */
export type Setup = { sources: { id: string; name: string; writeKey: string }[]; shop: boolean; sendsMail: boolean };

export type Stats = {
  events: { total: number; duplicates: number; rejected: number; perSecond: number; lag: number };
  customers: { total: number; known: number };
  messages: { total: number; sent: number; skipped: number; failed: number; queued: number; perSecond: number };
  segments: Record<string, number>;
  /** Customers at each stage, by its name. */
  lifecycle: Record<string, number>;
  /** As a life goes through them. */
  stages: Stage[];
  definitionsVersion: number;
  sendingPaused: boolean;
  /** null: somebody paused it. */
  sendingPausedBecause: string | null;
  host: string;
  startedAt: string;
  replay: { compared: number; disagreements: number; latest: Disagreement[] };
};

/** A stage of customers' lives. `id`: as counters name it; `after`: time away after which it begins, null for those who are not away. */
export type Stage = { id: string; name: string; after: string | null };

/** A record whose replay led to other effects than those that were committed. */
export type Disagreement = { partition: number; offset: number; at: string; customer: string; record: string; difference: string };

export type CustomerSummary = {
  id: string;
  key: string;
  anonymous: boolean;
  email: string | null;
  name: string | null;
  score: number;
  lifecycle: string;
  lastSeen: string | null;
};

export type Customer = CustomerSummary & {
  traits: { [name: string]: Json };
  /** What they take of what they may take, in bytes: what does not fit any more is left out. */
  traitRoom: { used: number; max: number };
  /** Absent for who never ordered, and while there are no models. */
  predicted?: { fittedAt: string; alive: number; purchases90Days: number; averagePurchase: number | null; lifetimeValue: number | null } | null;
  computedTraits: { id: string; name: string; value: Json; collecting: boolean }[];
  events: { total: number; byName: Record<string, number> };
  segments: { id: string; name: string; since: string }[];
  /** Static lists that the customer is on. */
  lists: { id: string; since: string }[];
  /** What happened before may be missing in what is told here. */
  historyFrom: string | null;
  scores: { id: string; name: string; value: number; grade: string | null; collecting: boolean }[];
  lifecycleSince: string;
  firstSeen: string;
  campaigns: Entry[];
  anonymousIds: string[];
  optedOut: string[];
  suppressed: boolean;
  nextDue: string | null;
  groups: { id: string; since: string; latest: boolean; traits: { [name: string]: Json } | null }[];
};

/** A company or team; its traits are one thing for all members. */
export type GroupSummary = { id: string; name: string | null; members: number; changedAt: string | null };

export type GroupView = GroupSummary & { traits: { [name: string]: Json } };

export type Entry = {
  campaign: string;
  number: number;
  version: number;
  status: string;
  step: string | null;
  enteredAt: string;
  until: string | null;
  converted: boolean;
};

/** A value that a trait had; null: from here on none. `by`: identify, merge or erase. */
export type TraitValue = { value: Json; at: string; occurredAt: string | null; by: string; source: string; messageId: string | null; imported: boolean; key: string };

export type TimelineItem = {
  at: string;
  occurredAt: string | null;
  kind: string;
  title: string;
  detail: string;
  data: Json;
  score: number | null;
  /** What to ask for an explanation by; null: there is none. */
  decision: string | null;
  /** Id of the segment, campaign, … that was decided about, or of a message's campaign. */
  subject: string | null;
  /** Id of the message that was sent, or that something came of. */
  message: string | null;
};

/** Why a customer is, or is not, where they are: docs/explain.md. */
export type Explanation = {
  customer: string;
  kind: 'segment' | 'campaign';
  id: string;
  at: string;
  definitionsVersion: number;
  decision: boolean;
  outcome: string;
  detail: string;
  summary: string;
  inTheWay: Reason | null;
  checks: Reason[];
  messages: Reason[];
  historyFrom: string | null;
};

export type Truth = 'true' | 'false' | 'collecting';

/** One thing that was looked at; the parts of an expression mirror its text. */
export type Reason = {
  kind: string;
  text: string;
  truth: Truth;
  seen: { text: string; value: string; note: string }[];
  needed: string;
  changesAt: string | null;
  becomes: Truth | null;
  parts: Reason[];
};

export type Segment = { id: string; name: string; description: string; condition: string; size: number; collecting: boolean; historyFrom: string | null };

/** Members of a segment that are in each other one, those with the most in common first. */
export type SegmentOverlap = { segment: string; size: number; segments: Overlap[]; countedAt: string };
export type Overlap = { id: string; name: string; size: number; both: number };

export type Campaign = {
  id: string;
  name: string;
  description: string;
  status: string;
  trigger: string;
  audience: string | null;
  goal: string | null;
  reentry: string;
  steps: Step[];
  counters: CampaignCounters;
};

export type Step = {
  id: string;
  kind: string;
  title: string;
  depth: number;
  path: string;
  reached: number;
  sent: number;
  opened: number;
  clicked: number;
};

export type CampaignCounters = {
  entered: number;
  active: number;
  completed: number;
  exited: number;
  decided: number;
  sent: number;
  skipped: Record<string, number>;
  failed: number;
  opened: number;
  openedTotal: number;
  clicked: number;
  clickedTotal: number;
  unsubscribed: number;
  bounced: number;
  complained: number;
  converted: number;
  revenue: Record<string, number>;
};

export type Message = {
  id: string;
  customer: string;
  campaign: string;
  step: string;
  channel: string;
  template: string;
  address: string;
  status: string;
  reason: string;
  attempts: number;
  decidedAt: string;
  closedAt: string | null;
};

export type Preview = { subject: string; html: string; text: string; headers: Record<string, string> };

export type LiveRates = {
  eventsPerSecond: number;
  messagesPerSecond: number;
  queued: number;
  lagRecords: number;
  sendingPaused: boolean;
};

export type FeedItem = { at: string; kind: string; customer: string; subject: string; detail: string };

export type LiveSnapshot = { version: number; counters: Record<string, number>; rates: LiveRates; feed: FeedItem[] };

export type LiveDelta = LiveSnapshot;

/** The last quarter of an hour, oldest first. */
export type LiveSeconds = { seconds: { at: string; events: number; messages: number }[] };
