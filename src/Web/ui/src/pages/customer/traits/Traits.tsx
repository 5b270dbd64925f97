import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { Customer } from '../../../api/types';
import { Facts } from '../../../components/Facts';
import { Folded } from '../../../components/Folded';
import { Panel } from '../../../components/Panel';
import { bytes } from '../../../format/amounts';
import { shown } from '../shown';
import { TraitHistory } from './TraitHistory';

/** From this part of their room on a value may have been left out: it was longer than the rest. */
const NEARLY_FULL = 0.9;

/** What sites told of the customer; a click on a trait shows the values that it had. */
export function Traits({ customer }: { customer: Customer }) {
  const [asked, ask] = useState<string | null>(null);
  const traits = Object.entries(customer.traits);
  const { used, max } = customer.traitRoom;
  return (
    <Panel title="Traits">
      {traits.length === 0 && (
        <Text size="sm" c="dimmed">
          None known yet. An identify call brings them.
        </Text>
      )}
      <Folded items={traits} what="traits" words={([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`}>
        {found => <Facts facts={found.map(([name, value]) => [<Name key={name} name={name} ask={() => ask(name)} />, shown(value)])} />}
      </Folded>
      {used > max * NEARLY_FULL && (
        <Text size="xs" c="dimmed" mt="xs">
          These take {bytes(used)} of {bytes(max)}. A value that no longer fits is left out and the one before it stays; the call in the timeline has it.
        </Text>
      )}
      <TraitHistory customer={customer} trait={asked} close={() => ask(null)} />
    </Panel>
  );
}

function Name({ name, ask }: { name: string; ask: () => void }) {
  return (
    <Button variant="transparent" size="compact-sm" p={0} h="auto" fw={400} color="gray" td="underline" style={{ textDecorationStyle: 'dotted' }} onClick={ask} aria-label={`History of ${name}`} title="Which values it had">
      {name}
    </Button>
  );
}
