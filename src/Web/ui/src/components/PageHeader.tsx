import { Anchor, Group, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { Link } from 'react-router';
import { IconBack } from './icons';
import classes from './PageHeader.module.css';

type PageHeaderProps = { title: string; lead?: ReactNode; back?: { to: string; label: string }; badge?: ReactNode; actions?: ReactNode };

/** The page's name, also in the browser's tab, with what can be done on the page to its right. */
export function PageHeader({ title, lead, back, badge, actions }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · Triggers`;
  }, [title]);

  return (
    <header className={classes.header}>
      <div className={classes.words}>
        {back !== undefined && (
          <Anchor component={Link} to={back.to} size="sm" c="dimmed" className={classes.back}>
            <IconBack size={15} />
            {back.label}
          </Anchor>
        )}
        <Group gap="sm">
          <Title order={1} className={classes.title} title={title}>
            {title}
          </Title>
          {badge}
        </Group>
        {lead !== undefined && (
          <Text c="dimmed" size="sm" maw={720} mt={2} className={classes.lead ?? ''}>
            {lead}
          </Text>
        )}
      </div>
      {actions !== undefined && <Group gap="xs">{actions}</Group>}
    </header>
  );
}
