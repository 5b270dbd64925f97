import { expect, test } from 'vitest';
import { ceilingOf } from './ceiling';

test('goes to the highest value', () => {
  expect(ceilingOf([])).toBe(0);
  expect(ceilingOf([1, null, 30, 20])).toBe(30);
  expect(ceilingOf([...Array<number>(60).fill(20), 300])).toBe(300);
});

test('does not go with a short burst far beyond the rest', () => {
  expect(ceilingOf([...Array<number>(60).fill(20), 19_000, 27_000])).toBe(80);
  expect(ceilingOf([...Array<number>(60).fill(0), 27_000])).toBe(27_000);
});
