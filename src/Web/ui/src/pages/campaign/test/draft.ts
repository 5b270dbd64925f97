import type { CampaignTestBody } from '../../../api/campaignTests';

/** One more thing that the person does, as it is being typed. */
export type ThenDraft = { key: number; after: string; name: string; properties: string };

/** Who goes through a test, and what they do, as it is being typed. */
export type TestDraft = { who: 'customer' | 'person'; customer: string; traits: string; event: string; properties: string; then: ThenDraft[] };

export const EMPTY: TestDraft = {
  who: 'customer',
  customer: '',
  traits: '{\n  "email": "ada@example.com",\n  "firstName": "Ada"\n}',
  event: '',
  properties: '',
  then: [],
};

const LENGTH = /^-?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/;

/** What is wrong with a text that has to be a JSON object; null: nothing. Empty is fine. */
export function objectError(text: string): string | null {
  if (text.trim() === '') return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? null : 'A JSON object such as {"price": 49}';
  } catch {
    return 'This is not JSON yet: an object such as {"price": 49}';
  }
}

/** What is wrong with a time since the beginning; null: nothing. */
export const afterError = (text: string): string | null => (text.trim() !== '' && text.trim() !== '-' && LENGTH.test(text.trim()) ? null : 'A time such as 45m or 2d');

/** Whether everything that is needed is there and can be read. */
export const isReady = (draft: TestDraft): boolean =>
  (draft.who === 'person' ? objectError(draft.traits) === null : draft.customer.trim() !== '') &&
  objectError(draft.properties) === null &&
  (draft.event.trim() !== '' || draft.properties.trim() === '') &&
  draft.then.every(item => item.name.trim() !== '' && afterError(item.after) === null && objectError(item.properties) === null);

/** As the server takes it. */
export function bodyOf(draft: TestDraft, anyway: boolean): CampaignTestBody {
  return {
    ...(draft.who === 'person' ? { person: { traits: read(draft.traits) ?? {} } } : { customer: draft.customer.trim() }),
    ...(draft.event.trim() === '' ? {} : { event: happening(draft.event, draft.properties) }),
    events: draft.then.map(item => ({ after: item.after.trim(), ...happening(item.name, item.properties) })),
    anyway,
  };
}

function happening(name: string, properties: string): { name: string; properties?: unknown } {
  const value = read(properties);
  return value === undefined ? { name: name.trim() } : { name: name.trim(), properties: value };
}

const read = (text: string): unknown => (text.trim() === '' ? undefined : JSON.parse(text));
