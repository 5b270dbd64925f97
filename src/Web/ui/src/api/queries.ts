import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { get, part, query } from './client';
import type { Measures } from './measures';
import type { Merge } from './merges';
import type { Operations } from './operations';
import type { Quality, Violations } from './quality';
import type { ListMember, StaticList } from './staticLists';
import type { Campaign, Customer, CustomerSummary, Explanation, GroupSummary, GroupView, Message, Page, Segment, SegmentOverlap, Setup, Stats, TimelineItem, TraitValue } from './types';
import type { DeadLetter, Definitions, Fill, MailSummary, Mail, Rejected, Version } from './lists';

const PAGE_SIZE = 50;
/** Points of the chart of scores. */
const SCORES_SIZE = 500;

/** A list answered page by page; `next` is what the following page asks for. */
const paged = <T>(key: readonly unknown[], path: string, parameter: 'after' | 'before', filters: Record<string, string> = {}, size = PAGE_SIZE) =>
  infiniteQueryOptions({
    queryKey: [...key, filters],
    queryFn: ({ pageParam, signal }) => get<Page<T>>(path + query({ ...filters, [parameter]: pageParam, limit: size }), signal),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
  });

const list = <T>(key: readonly unknown[], path: string) =>
  queryOptions({ queryKey: key, queryFn: async ({ signal }) => (await get<Page<T>>(path, signal)).items });

/** Asks again in a moment while some of a list are on their way. */
const whileSome =
  <T>(isMoving: (item: T) => boolean) =>
  (asked: { state: { data: T[] | undefined } }): number | false =>
    asked.state.data?.some(isMoving) === true ? 1_000 : false;

/** Whatever is asked of a customer's timeline begins so. */
export const timelineKey = (id: string): readonly unknown[] => ['customers', id, 'timeline'];

/** Every question that the pages ask, by name. */
export const queries = {
  stats: () => queryOptions({ queryKey: ['stats'], queryFn: ({ signal }) => get<Stats>('/stats', signal) }),
  setup: () => queryOptions({ queryKey: ['setup'], queryFn: ({ signal }) => get<Setup>('/setup', signal), staleTime: 60_000 }),
  operations: () => queryOptions({ queryKey: ['operations'], queryFn: ({ signal }) => get<Operations>('/operations', signal) }),
  campaigns: () => list<Campaign>(['campaigns'], '/campaigns'),
  campaign: (id: string) => queryOptions({ queryKey: ['campaigns', id], queryFn: ({ signal }) => get<Campaign>(`/campaigns/${part(id)}`, signal) }),
  segments: () => ({ ...list<Segment>(['segments'], '/segments'), refetchInterval: whileSome<Segment>(segment => segment.collecting) }),
  members: (id: string) => paged<CustomerSummary>(['segments', id, 'members'], `/segments/${part(id)}/members`, 'after'),
  overlap: (id: string) => queryOptions({ queryKey: ['segments', id, 'overlap'], queryFn: ({ signal }) => get<SegmentOverlap>(`/segments/${part(id)}/overlap`, signal) }),
  staticLists: () => ({ ...list<StaticList>(['lists'], '/lists'), refetchInterval: whileSome<StaticList>(item => item.waiting > 0 || item.dropping) }),
  staticList: (id: string) =>
    queryOptions({
      queryKey: ['lists', id],
      queryFn: ({ signal }) => get<StaticList>(`/lists/${part(id)}`, signal),
      refetchInterval: asked => ((asked.state.data?.waiting ?? 0) > 0 || asked.state.data?.dropping === true ? 1_000 : false),
    }),
  listMembers: (id: string) => paged<ListMember>(['lists', id, 'members'], `/lists/${part(id)}/members`, 'after'),
  groups: (text: string) => list<GroupSummary>(['groups', 'search', text], `/groups${query({ query: text, limit: PAGE_SIZE })}`),
  group: (id: string) => queryOptions({ queryKey: ['groups', id], queryFn: ({ signal }) => get<GroupView>(`/groups/${part(id)}`, signal), refetchInterval: 5_000 }),
  groupMembers: (id: string) => paged<CustomerSummary>(['groups', id, 'members'], `/groups/${part(id)}/members`, 'after'),
  customers: (text: string) => list<CustomerSummary>(['customers', 'search', text], `/customers${query({ query: text, limit: PAGE_SIZE })}`),
  customer: (id: string) => queryOptions({ queryKey: ['customers', id], queryFn: ({ signal }) => get<Customer>(`/customers/${part(id)}`, signal) }),
  merges: (id: string) => list<Merge>(['customers', id, 'merges'], `/customers/${part(id)}/merges`),
  timeline: (id: string, kinds: string) => paged<TimelineItem>([...timelineKey(id), 'pages'], `/customers/${part(id)}/timeline`, 'after', { kinds }),
  scores: (id: string) => list<TimelineItem>([...timelineKey(id), 'scores'], `/customers/${part(id)}/timeline${query({ kinds: 'event', limit: SCORES_SIZE })}`),
  traitHistory: (id: string, trait: string) => paged<TraitValue>(['customers', id, 'traits', trait], `/customers/${part(id)}/traits/${part(trait)}/history`, 'before'),
  explanation: (id: string, question: { segment?: string; campaign?: string; decision?: string; at?: string }) =>
    queryOptions({ queryKey: ['customers', id, 'explain', question], queryFn: ({ signal }) => get<Explanation>(`/customers/${part(id)}/explain${query(question)}`, signal) }),
  messages: (filters: { customer?: string; campaign?: string; status?: string }) => paged<Message>(['messages'], '/messages', 'before', filters),
  mailbox: () => paged<MailSummary>(['mailbox'], '/mailbox', 'before'),
  mail: (id: string) => queryOptions({ queryKey: ['mailbox', 'mail', id], queryFn: ({ signal }) => get<Mail>(`/mailbox/${part(id)}`, signal) }),
  rejected: () => paged<Rejected>(['rejected'], '/rejected', 'before'),
  quality: () => queryOptions({ queryKey: ['quality'], queryFn: ({ signal }) => get<Quality>('/quality', signal), refetchInterval: 10_000 }),
  violations: () => queryOptions({ queryKey: ['violations'], queryFn: ({ signal }) => get<Violations>('/violations', signal), refetchInterval: 10_000 }),
  deadLetters: () => paged<DeadLetter>(['dead-letters'], '/dead-letters', 'before'),
  versions: () => list<Version>(['definitions', 'versions'], '/definitions/versions'),
  fills: () => ({ ...list<Fill>(['definitions', 'fills'], '/definitions/fills'), refetchInterval: whileSome<Fill>(fill => fill.state !== 'done') }),
  measures: () => queryOptions({ queryKey: ['measures'], queryFn: ({ signal }) => get<Measures>('/measures', signal), refetchInterval: query => (query.state.data?.isRunning === true ? 1_000 : 30_000) }),
  definitions: () => queryOptions({ queryKey: ['definitions'], queryFn: ({ signal }) => get<Definitions>('/definitions', signal) }),
};
