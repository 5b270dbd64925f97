import { expect, test } from 'vitest';
import { query, readProblem } from './client';

test('reads problem details with the errors of a definitions folder', () => {
  const problem = readProblem(422, JSON.stringify({ title: 'Not valid', detail: 'Nothing was changed.', errors: [{ file: 'a.yaml', line: 3, column: 1, field: 'x', message: 'bad' }] }));
  expect(problem).toEqual({ status: 422, title: 'Not valid', detail: 'Nothing was changed.', errors: [{ file: 'a.yaml', line: 3, column: 1, field: 'x', message: 'bad' }] });
});

test('says something sensible for a body that is no problem document', () => {
  expect(readProblem(502, '<html>Bad gateway</html>')).toMatchObject({ status: 502, title: 'The server answered 502', detail: null });
});

test('leaves empty values out of a query', () => {
  expect(query({ query: 'ada & co', limit: 50, after: null, status: '' })).toBe('?query=ada+%26+co&limit=50');
});
