import { describe, expect, it } from 'vitest';
import { bytes, milliseconds, seconds } from './amounts';

describe('amounts', () => {
  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1536, '1.5 KiB'],
    [216_000_000, '206 MiB'],
    [1.5 * 1024 ** 3, '1.5 GiB'],
    [3 * 1024 ** 5, '3,072 TiB'],
  ])('%d bytes are %s', (value, expected) => expect(bytes(value)).toBe(expected));

  it.each([
    [0, '0 ms'],
    [0.44, '0.4 ms'],
    [12.3, '12 ms'],
    [1_340, '1.3 s'],
    [75_000, '1 min 15 s'],
  ])('%d ms are %s', (value, expected) => expect(milliseconds(value)).toBe(expected));

  it.each([
    [0, '0 s'],
    [9.95, '10 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [200, '3 min 20 s'],
    [3_600, '1 h'],
    [187_200, '2 d 4 h'],
    [86_460, '1 d'],
  ])('%d seconds are %s', (value, expected) => expect(seconds(value)).toBe(expected));
});
