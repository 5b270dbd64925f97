import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useQuestion, type Question } from './question';

/** Asks why. `about` says to screen readers of what. */
export function WhyButton({ question, about, children = 'Why?' }: { question: Question; about: string; children?: ReactNode }) {
  const { ask } = useQuestion();
  return (
    <Button variant="subtle" size="compact-xs" px={6} aria-label={`${typeof children === 'string' ? children : 'Why?'} ${about}`} onClick={() => ask(question)}>
      {children}
    </Button>
  );
}
