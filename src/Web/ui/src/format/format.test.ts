import { describe, expect, test } from 'vitest';
import { feedSentence } from './feed';
import { money, revenue } from './money';
import { percent, plural, rate, share, short } from './numbers';
import { ago, fullTime, withLocalTimes } from './time';
import { customerLabel, initials, mailAddress, personName, titled } from './words';

const names = { segment: (id: string) => `S ${id}`, campaign: (id: string) => `C ${id}` };

describe('money', () => {
  test('shows minor units in the digits of the currency', () => {
    expect(money(129_950, 'USD')).toContain('1,299.50');
    expect(money(500, 'JPY')).toContain('500');
    expect(money(1_234, 'KWD')).toContain('1.234');
  });

  test('shows a currency that nobody knows as it comes', () => {
    expect(money(100, 'not a code')).toBe('1.00 not a code');
  });

  test('lists currencies by amount, and a dash for none', () => {
    expect(revenue({ EUR: 100, USD: 200 })).toMatch(/2\.00.*\+.*1\.00/);
    expect(revenue({ USD: 0 })).toBe('–');
  });
});

describe('numbers', () => {
  test('are exact while short and compact when long', () => {
    expect(short(9_999)).toBe('9,999');
    expect(short(18_422)).toBe('18.4K');
  });

  test('keep a digit of small rates', () => {
    expect(rate(0.25)).toBe('0.25');
    expect(rate(4.25)).toBe('4.3');
    expect(rate(412.7)).toBe('413');
  });

  test('give no share of nothing, and a digit of small shares', () => {
    expect(share(1, 0)).toBe('–');
    expect(share(1, 80)).toBe('1.3%');
    expect(share(1, 2)).toBe('50%');
    expect(percent(0.4)).toBe('0.4%');
  });

  test('count in words', () => {
    expect(plural(1, 'message')).toBe('1 message');
    expect(plural(2_000, 'message')).toBe('2,000 messages');
  });
});

describe('time', () => {
  test('puts the instants of a sentence by the clock of the browser', () => {
    const at = '2026-11-29T09:12:00Z';
    expect(withLocalTimes('1 more by 2026-11-29 09:12:00Z, at most')).toBe(`1 more by ${fullTime(at)}, at most`);
    expect(withLocalTimes("before('2026-11-29')")).toBe("before('2026-11-29')");
  });

  const now = Date.parse('2026-05-01T12:00:00Z');

  test('is told in the largest unit that fits, never rounded up', () => {
    expect(ago('2026-05-01T11:59:58Z', now)).toBe('just now');
    expect(ago('2026-05-01T11:58:01Z', now)).toMatch(/1 min/);
    expect(ago('2026-04-29T12:00:00Z', now)).toMatch(/2 days/);
  });

  test('looks ahead, too', () => {
    expect(ago('2026-05-01T15:30:00Z', now)).toMatch(/in 3 hr/);
  });
});

describe('words', () => {
  test('an address without the quotes of its header', () => {
    expect(mailAddress('"Ken \\"K\\" Thompson" <ken@example.com>')).toBe('Ken "K" Thompson <ken@example.com>');
    expect(mailAddress('ken@example.com')).toBe('ken@example.com');
  });

  test('turn ids into titles', () => expect(titled('abandoned-cart')).toBe('Abandoned cart'));

  test('call people by what is known of them', () => {
    expect(personName({ id: 'u1', name: null, email: 'ada@example.com' })).toBe('ada@example.com');
    expect(initials('Ada Lovelace')).toBe('AL');
    expect(initials('ada@example.com')).toBe('A');
  });

  test('shorten keys and long anonymous ids', () => {
    expect(customerLabel('u:ada')).toBe('ada');
    expect(customerLabel('a:4f6c1d0e-8a3b-4a56-9d0e-2f1b7c9a1e55')).toBe('Visitor 4f6c1d0e…1e55');
    expect(customerLabel('4f6c1d0e8a3b4a569d0e2f1b7c9a1e55')).toBe('Visitor 4f6c1d0e…1e55');
    expect(customerLabel('a:me')).toBe('Visitor me');
  });
});

describe('feed', () => {
  test('says a decision with the names that marketers gave', () => {
    const sentence = feedSentence({ at: '', kind: 'segment-entered', customer: 'u:ada', subject: 'high-intent', detail: '' }, names);
    expect(sentence).toMatchObject({ verb: 'entered', subject: 'S high-intent', to: '/segments/high-intent' });
  });

  test('gives the reason why a message does not go out', () => {
    const sentence = feedSentence({ at: '', kind: 'message-skipped', customer: 'u:ada', subject: 'welcome', detail: 'no address' }, names);
    expect(sentence.rest).toBe('(no address)');
  });

  test('shows a kind that it does not know as it comes', () => {
    const sentence = feedSentence({ at: '', kind: 'coupon-handed-out', customer: 'u:ada', subject: 'SPRING', detail: '' }, names);
    expect(sentence.verb).toBe('coupon handed out');
  });
});
