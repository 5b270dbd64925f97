import { useSearchParams } from 'react-router';

/** What is asked about a customer. An empty id: which one is not chosen yet. */
export type Question = { kind: 'segment' | 'campaign' | 'decision'; id: string };

/** As it stands in the address, so that an answer can be linked to and the browser's back button closes it. */
export function readQuestion(text: string | null): Question | null {
  const [kind, ...rest] = (text ?? '').split(':');
  return kind === 'segment' || kind === 'campaign' || kind === 'decision' ? { kind, id: rest.join(':') } : null;
}

export const writeQuestion = ({ kind, id }: Question): string => `${kind}:${id}`;

/** The question in the address, and how to ask another. */
export function useQuestion(): { question: Question | null; at: string; ask: (question: Question | null, at?: string) => void } {
  const [parameters, setParameters] = useSearchParams();
  return {
    question: readQuestion(parameters.get('why')),
    at: parameters.get('at') ?? '',
    ask: (question, at = '') =>
      setParameters(
        before => {
          const next = new URLSearchParams(before);
          next.delete('why');
          next.delete('at');
          if (question !== null) next.set('why', writeQuestion(question));
          if (question !== null && at !== '') next.set('at', at);
          return next;
        },
        { preventScrollReset: true },
      ),
  };
}
