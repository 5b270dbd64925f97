import { expect, test } from 'vitest';
import { afterError, bodyOf, EMPTY, isReady, objectError } from './draft';

test('a customer or traits are needed, and what is typed has to be readable', () => {
  expect(isReady(EMPTY)).toBe(false);
  expect(isReady({ ...EMPTY, customer: 'ada' })).toBe(true);
  expect(isReady({ ...EMPTY, who: 'person' })).toBe(true);
  expect(isReady({ ...EMPTY, customer: 'ada', properties: '{"a":1}' })).toBe(false);
  expect(isReady({ ...EMPTY, customer: 'ada', then: [{ key: 1, after: 'soon', name: 'Paid', properties: '' }] })).toBe(false);
  expect(objectError('[1]')).not.toBeNull();
  expect(afterError('1d12h')).toBeNull();
  expect(afterError('-')).not.toBeNull();
});

test('the body leaves out what is empty', () => {
  expect(bodyOf({ ...EMPTY, customer: ' ada ', then: [{ key: 1, after: '2h', name: 'Paid', properties: '{"total":5}' }] }, true)).toEqual({
    customer: 'ada',
    events: [{ after: '2h', name: 'Paid', properties: { total: 5 } }],
    anyway: true,
  });
  expect(bodyOf({ ...EMPTY, who: 'person', traits: '', event: 'Quoted' }, false)).toEqual({ person: { traits: {} }, event: { name: 'Quoted' }, events: [], anyway: false });
});
