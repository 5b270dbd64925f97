import { Drawer, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { queries } from '../../../api/queries';
import type { Customer, TraitValue } from '../../../api/types';
import { Happening, Happenings } from '../../../components/Happenings';
import { IconHand, IconMerge, IconPerson } from '../../../components/icons';
import { PagedList } from '../../../components/PagedList';
import { EmptyState } from '../../../components/states';
import { date, fullTime } from '../../../format/time';
import { shown } from '../shown';

/** Beside the customer's page: the values that one trait had, newest first. */
export function TraitHistory({ customer, trait, close }: { customer: Customer; trait: string | null; close: () => void }) {
  const isPhone = useMediaQuery('(max-width: 48em)');
  return (
    <Drawer opened={trait !== null} onClose={close} position="right" size={isPhone ? '100%' : 480} title={`History of ${trait ?? ''}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      {trait !== null && <Values customer={customer} trait={trait} />}
    </Drawer>
  );
}

function Values({ customer, trait }: { customer: Customer; trait: string }) {
  const values = useInfiniteQuery(queries.traitHistory(customer.id, trait));
  const historyFrom = values.hasNextPage ? null : values.data?.pages.at(-1)?.historyFrom;
  return (
    <>
      <PagedList result={values} empty={<EmptyState title="None is kept any more">The records that set this trait are older than the log.</EmptyState>}>
        {rows => (
          <Happenings>
            {rows.map((value, place) => (
              <Line key={`${value.at} ${rows.length - place}`} value={value} customer={customer} />
            ))}
          </Happenings>
        )}
      </PagedList>
      {typeof historyFrom === 'string' && (
        <Text size="sm" c="dimmed" ta="center" p="md">
          History begins on {date(historyFrom)}: values from before may be missing.
        </Text>
      )}
    </>
  );
}

const ICONS: Readonly<Record<string, React.ReactNode>> = { merge: <IconMerge size={15} />, erase: <IconHand size={15} /> };

function Line({ value, customer }: { value: TraitValue; customer: Customer }) {
  const when = value.occurredAt ?? value.at;
  const late = !value.imported && Math.abs(Date.parse(value.at) - Date.parse(when)) > 60_000;
  return (
    <Happening
      icon={ICONS[value.by] ?? <IconPerson size={15} />}
      tone={value.by === 'identify' ? 'event' : 'muted'}
      label={value.by}
      when={
        <time dateTime={when} title={late ? `Happened ${fullTime(when)}, came ${fullTime(value.at)}` : fullTime(when)} className="num">
          {fullTime(when)}
          {late && ' (came later)'}
        </time>
      }
    >
      <Text size="sm" fw={600} component="div">
        {value.value === null ? 'Removed' : shown(value.value)}
      </Text>
      <Text size="xs" c="dimmed">
        {wordsOf(value)}
        {value.key !== customer.key && `, as ${value.key}`}
        {value.imported && ', imported'}
      </Text>
    </Happening>
  );
}

const wordsOf = (value: TraitValue): string => (value.by === 'merge' ? `taken over from ${value.source}` : value.source === '' ? value.by : `${value.by} by ${value.source}`);
