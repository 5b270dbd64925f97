import type { DefinitionError } from './client';
import type { Message } from './types';

/** What the lists of support and operation hold: the store's rows as the API shows them. Times are ISO 8601, or ms since 1970. */

export type Instant = string | number;

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

export type Rejected = { sequence?: number; at: Instant; source: string; reason: string; payload: string };

export type DeadLetter = Message;

export type Definitions = {
  version: number;
  savedAt?: Instant | null;
  folder?: string | null;
  sources?: { id: string; name: string; writeKey: string; currency?: string }[];
  templates?: { id: string }[];
  files?: { path: string }[];
};

export type ReloadResult = { valid: boolean; changed: boolean; version: number; errors: DefinitionError[] };
