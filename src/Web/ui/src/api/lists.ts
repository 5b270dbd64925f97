import type { DefinitionError } from './client';
import type { Message } from './types';

/** What the lists of support and operation hold: mirrors src/Web/Api/ApiViews.cs. Times are ISO 8601 in UTC. */

export type Instant = string;

export type MailSummary = {
  messageId: string;
  from: string;
  to: string;
  subject: string;
  campaign: string;
  customerKey: string;
  at: Instant;
  isTest: boolean;
};

export type Mail = MailSummary & { html: string; text: string; headers: string };

export type Rejected = { sequence: number; at: Instant; source: string; reason: string; payload: string };

export type DeadLetter = Message;

export type Definitions = {
  version: number;
  /** How the server's folder stands to the version in force. */
  folder: 'same' | 'differs' | 'none';
  savedAt: Instant | null;
  sources: { id: string; name: string; writeKey: string; currency: string }[];
  segments: { id: string }[];
  campaigns: { id: string }[];
  templates: { id: string }[];
  files: { path: string; text: string }[];
  /** Where messages of a test may go: addresses, and domains that begin with @. */
  testAddresses: string[];
};

/** One version of the definitions; `fills` > 0: the one before, with history filled in. */
export type Version = { version: number; savedAt: Instant; fills: number; inForce: boolean; changes: { kind: string; id: string; change: 'added' | 'changed' | 'removed' }[] };

/** What a version introduced, being looked for in the past. */
export type Fill = {
  version: number;
  state: 'waiting' | 'filling' | 'held' | 'done';
  percent: number;
  customers: number;
  filled: number;
  records: number;
  recordsPerSecond: number;
  secondsLeft: number | null;
  startedAt: Instant | null;
  finishedAt: Instant | null;
  /** Where the log begins, if older records were dropped. */
  historyFrom: Instant | null;
  /** Ids of segments that are collecting until it is done. */
  segments: string[];
  filledIn: number | null;
};

export type ReloadResult = { valid: boolean; changed: boolean; version: number; errors: DefinitionError[] };
