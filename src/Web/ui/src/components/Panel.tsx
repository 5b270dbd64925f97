import { Card, Group, Text, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import classes from './Panel.module.css';

type PanelProps = { title?: string; hint?: ReactNode; aside?: ReactNode; flush?: boolean; className?: string; children: ReactNode };

/** A titled card: the unit from which pages are laid out. `flush` lets tables and lists reach its edges. */
export function Panel({ title, hint, aside, flush = false, className = '', children }: PanelProps) {
  const id = useId();
  return (
    <Card component="section" className={`${classes.panel} ${className}`} p={0} aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <Group justify="space-between" align="flex-start" className={classes.head} gap="sm">
          <div className={classes.titles}>
            <Title order={2} id={id}>
              {title}
            </Title>
            {hint !== undefined && (
              <Text size="xs" c="dimmed">
                {hint}
              </Text>
            )}
          </div>
          {aside}
        </Group>
      )}
      <div className={flush ? classes.flush : classes.body} data-titled={title !== undefined || undefined}>
        {children}
      </div>
    </Card>
  );
}
