import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { EmptyState } from '../../components/states';

export function NotFound() {
  return (
    <>
      <PageHeader title="Not found" />
      <Panel>
        <EmptyState
          title="There is no such page"
          action={
            <Button component={Link} to="/" variant="default">
              To the overview
            </Button>
          }
        />
      </Panel>
    </>
  );
}
