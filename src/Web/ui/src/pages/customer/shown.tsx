import { Code } from '@mantine/core';
import type { Json } from '../../api/types';

/** A value of a trait: texts and numbers as they are, lists and maps as JSON. */
export function shown(value: Json) {
  if (value === null) return '–';
  return typeof value === 'object' ? <Code block>{JSON.stringify(value, null, 2)}</Code> : String(value);
}
