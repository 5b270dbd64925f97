import type { FeedItem } from '../api/types';
import { customerLabel } from './words';

export type FeedTone = 'segment' | 'campaign' | 'message' | 'good' | 'muted';

/** A decision as a sentence about the customer: `verb` + `subject` (which links to `to`) + `rest`. */
export type FeedSentence = { tone: FeedTone; verb: string; subject: string; to: string | null; rest: string };

type Names = { segment: (id: string) => string; campaign: (id: string) => string };
type Writer = (item: FeedItem, names: Names) => FeedSentence;

const segment = (verb: string): Writer => (item, names) =>
  ({ tone: 'segment', verb, subject: names.segment(item.subject), to: `/segments/${encodeURIComponent(item.subject)}`, rest: '' });

const campaign = (tone: FeedTone, verb: string, rest: (item: FeedItem) => string): Writer => (item, names) =>
  ({ tone, verb, subject: names.campaign(item.subject), to: `/campaigns/${encodeURIComponent(item.subject)}`, rest: rest(item) });

const because = (item: FeedItem): string => (item.detail === '' ? '' : `(${item.detail})`);

/** One line a kind: how the live feed says it. */
const WRITERS: Readonly<Record<string, Writer>> = {
  'segment-entered': segment('entered'),
  'segment-exited': segment('left'),
  'lifecycle-changed': item => ({ tone: 'segment', verb: 'is now', subject: item.subject, to: null, rest: '' }),
  'grade-changed': item => ({ tone: 'segment', verb: item.detail === '' ? 'has no grade any more of' : 'is now of grade', subject: item.detail || item.subject, to: null, rest: item.detail === '' ? '' : `of ${item.subject}` }),
  'campaign-entered': campaign('campaign', 'started', () => ''),
  'campaign-not-entered': campaign('muted', 'did not start', because),
  'campaign-exited': campaign('muted', 'left', because),
  'campaign-completed': campaign('campaign', 'finished', () => ''),
  'message-decided': campaign('message', 'gets a message of', because),
  'message-skipped': campaign('muted', 'gets no message of', because),
  converted: campaign('good', 'converted in', because),
  merged: item => ({ tone: 'muted', verb: 'was recognised as', subject: customerLabel(item.subject), to: null, rest: '' }),
  'merge-refused': item => ({ tone: 'muted', verb: 'was not merged with', subject: customerLabel(item.subject), to: null, rest: because(item) }),
  'opted-out': item => ({ tone: 'muted', verb: 'opted out of', subject: item.subject || 'messages', to: null, rest: '' }),
  suppressed: () => ({ tone: 'muted', verb: 'was suppressed', subject: '', to: null, rest: '' }),
};

/** Kinds that this page does not know yet are shown as they come. */
export function feedSentence(item: FeedItem, names: Names): FeedSentence {
  const writer = WRITERS[item.kind];
  return writer === undefined
    ? { tone: 'muted', verb: item.kind.replaceAll('-', ' '), subject: item.subject, to: null, rest: item.detail }
    : writer(item, names);
}
