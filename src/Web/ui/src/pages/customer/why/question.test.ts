import { describe, expect, it } from 'vitest';
import { readQuestion, writeQuestion } from './question';

describe('A question in the address', () => {
  it('comes back as it was written', () => {
    for (const question of [{ kind: 'segment', id: 'big-spender' }, { kind: 'decision', id: '00ff-12-0' }, { kind: 'campaign', id: '' }] as const) {
      expect(readQuestion(writeQuestion(question))).toEqual(question);
    }
  });

  it('is none where there is none that we ask', () => {
    expect(readQuestion(null)).toBeNull();
    expect(readQuestion('person:ada')).toBeNull();
  });
});
