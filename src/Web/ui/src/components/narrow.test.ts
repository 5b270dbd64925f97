import { expect, test } from 'vitest';
import { AT_A_GLANCE, foremost, narrow } from './narrow';

const NAMES = ['Abandoned cart', 'Cart: 50 % off', 'Ünïcödé 日本', 'Welcome <b>'];
const found = (text: string): readonly string[] => narrow(NAMES, text, name => name);

test('finds what holds every word, in any order and case', () => {
  expect(found('CART')).toEqual(['Abandoned cart', 'Cart: 50 % off']);
  expect(found('off cart')).toEqual(['Cart: 50 % off']);
  expect(found('ÜNÏ')).toEqual(['Ünïcödé 日本']);
  expect(found('<b>')).toEqual(['Welcome <b>']);
  expect(found('nothing')).toEqual([]);
});

test('blanks look for nothing', () => expect(found('  ')).toBe(NAMES));

test('shows a short list whole and as it is', () => {
  const few = Array.from({ length: AT_A_GLANCE }, (_, place) => place);
  expect(foremost(few, 3, value => value)).toEqual({ shown: few, rest: 0 });
});

test('of a long list shows those of the highest rank, and says how many there are beside them', () => {
  const many = Array.from({ length: 500 }, (_, place) => place);
  expect(foremost(many, 3, value => value % 100)).toEqual({ shown: [99, 199, 299], rest: 497 });
});
