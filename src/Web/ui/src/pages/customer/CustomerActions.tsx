import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import { part, post, remove } from '../../api/client';
import type { Customer } from '../../api/types';
import { ConfirmButton } from '../../components/ConfirmButton';
import { personName } from '../../format/words';

/** What support does for a person: preview, suppress, erase. */
export function CustomerActions({ customer }: { customer: Customer }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const path = `/customers/${part(customer.id)}`;
  const name = personName(customer);

  const suppress = async (verb: 'suppress' | 'unsuppress') => {
    await post(`${path}/${verb}`);
    await client.invalidateQueries({ queryKey: ['customers'] });
  };
  const erase = async () => {
    await remove(path);
    await navigate('/customers');
    client.removeQueries({ queryKey: ['customers'] });
  };

  return (
    <>
      <Button component={Link} to={`/templates?customer=${encodeURIComponent(customer.id)}`} variant="default">
        Preview a message
      </Button>
      {customer.suppressed ? (
        <ConfirmButton
          variant="default"
          title="Allow messages again?"
          explain={`Campaigns may write to ${name} again from now on. Nothing that was skipped is sent afterwards.`}
          confirm="Allow messages"
          run={() => suppress('unsuppress')}
          done="Messages are allowed again"
        >
          Allow messages
        </ConfirmButton>
      ) : (
        <ConfirmButton
          variant="default"
          title={`Suppress ${name}?`}
          explain="No campaign writes to this customer any more, on any channel. Messages that have not left yet are skipped. Events are still taken in."
          confirm="Suppress"
          danger
          run={() => suppress('suppress')}
          done={`${name} is suppressed`}
        >
          Suppress
        </ConfirmButton>
      )}
      <ConfirmButton
        variant="light"
        color="red"
        title={`Erase ${name}?`}
        explain="Everything kept about this person is removed for good: events, traits, messages and mail. Counters keep their totals. This cannot be undone."
        confirm="Erase for good"
        danger
        run={erase}
        done={`${name} was erased`}
      >
        Erase
      </ConfirmButton>
    </>
  );
}
