import type { Explanation, Reason } from './types';

/** What `POST /campaigns/{id}/test` takes: mirrors src/Web/Api/CampaignTestsApi.cs. */
export type CampaignTestBody = {
  customer?: string;
  person?: { traits: unknown };
  event?: { name: string; properties?: unknown };
  events: { after: string; name: string; properties?: unknown }[];
  anyway: boolean;
  send?: boolean;
  to?: string;
  webhooks?: boolean;
};

/** What it says: mirrors src/Runtime/CampaignTests/ICampaignTests.cs. */
export type CampaignTest = {
  campaign: string;
  status: string;
  customer: string;
  mock: boolean;
  startedAt: string;
  endedAt: string;
  outcome: 'completed' | 'exited' | 'inside' | 'not entered';
  summary: string;
  anyway: boolean;
  entry: Explanation | null;
  items: TestItem[];
  notes: string[];
};

export type TestItem = {
  at: string;
  /** Since the beginning, such as 45m. */
  after: string;
  kind: string;
  step: string | null;
  title: string;
  detail: string;
  why: Reason[];
  message: TestMessage | null;
};

export type TestMessage = {
  channel: string;
  template: string;
  address: string;
  subject: string;
  html: string;
  text: string;
  error: string;
  sentTo: string | null;
  outcome: string | null;
};
