import { Alert, Anchor, Button, Group, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { part, post } from '../../api/client';
import type { SimulatedCampaign, Simulation } from '../../api/simulations';
import { Bars } from '../../components/charts/Bars';
import { type ChartData, type Line, TimeChart } from '../../components/charts/TimeChart';
import { Panel } from '../../components/Panel';
import { Stat, Stats } from '../../components/Stat';
import { SimulationProgress } from '../../components/SimulationProgress';
import { ErrorWords } from '../../components/states';
import { count, plural } from '../../format/numbers';
import { date, fullTime } from '../../format/time';
import { customerLabel, titled } from '../../format/words';

const PERIODS = [
  { label: '7 days', value: '7' },
  { label: '30 days', value: '30' },
  { label: '90 days', value: '90' },
  { label: 'Everything', value: '' },
];

const DAY_MS = 86_400_000;

const LINES: readonly Line[] = [
  { label: 'Entered', color: '--tr-events', fill: true, format: count },
  { label: 'Messages', color: '--tr-messages', format: count },
];

/** What the campaign, as it is defined now, would have done with the real past. */
export function Simulate({ id }: { id: string }) {
  const [days, setDays] = useState('30');
  const simulation = useMutation({
    mutationFn: () => post<Simulation>('/simulations', days === '' ? {} : { from: new Date(Date.now() - Number(days) * DAY_MS).toISOString() }),
  });
  const campaign = simulation.data?.campaigns.find(each => each.id === id);
  return (
    <Panel title="On the real past" hint="What the campaign as it is now would have done; nothing is sent">
      <Stack gap="md">
        <Group gap="sm">
          <SegmentedControl aria-label="How far back" size="xs" data={PERIODS} value={days} onChange={setDays} />
          <Button size="xs" loading={simulation.isPending} onClick={() => simulation.mutate()}>
            Simulate
          </Button>
        </Group>
        {simulation.isPending && <SimulationProgress />}
        {simulation.isError && (
          <Alert color="red" variant="light" role="alert" title="It could not be simulated">
            <ErrorWords error={simulation.error} />
          </Alert>
        )}
        {simulation.data !== undefined && campaign !== undefined && <Outcome simulation={simulation.data} campaign={campaign} />}
      </Stack>
    </Panel>
  );
}

function Outcome({ simulation, campaign }: { simulation: Simulation; campaign: SimulatedCampaign }) {
  const held = Object.entries({ ...campaign.notEntered, ...campaign.skipped }).sort(([, a], [, b]) => b - a);
  const { then } = campaign;
  return (
    <Stack gap="md">
      <Text size="xs" c="dimmed">
        {`${plural(simulation.records, 'record')} of ${plural(simulation.customers, 'customer')}, in ${simulation.seconds.toFixed(1)} s`}
        {simulation.historyFrom !== null && `. The log begins on ${date(simulation.historyFrom)}.`}
      </Text>
      <Stats label="What it would have done">
        <Stat label="Entered" tone="var(--tr-events)" value={count(campaign.entered)} note={`${count(campaign.completed)} to the end`} />
        <Stat label="Messages" tone="var(--tr-messages)" value={count(campaign.messages)} note={then.messages === 0 ? 'none was sent then' : `${count(then.messages)} were sent then`} />
        <Stat label="Converted" value={count(campaign.converted)} note="within its goal" />
      </Stats>
      {then.messages > 0 && (
        <Text size="sm">
          {`By customer and step: ${count(then.both)} as then, ${count(then.onlyNow)} new, ${count(then.onlyThen)} that would not be sent any more.`}
        </Text>
      )}
      {campaign.days.length > 1 && <TimeChart label="Entries and messages by day" lines={LINES} data={byDay(campaign)} height={180} />}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        {campaign.examples.length > 0 && (
          <div>
            <Text size="sm" fw={600} mb={6}>
              Who would have got something
            </Text>
            <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label="Examples">
              {campaign.examples.map(example => (
                <Text key={example.customer} size="sm" component="li">
                  <Anchor component={Link} to={`/customers/${part(example.customer)}`} size="sm">
                    {customerLabel(example.customer)}
                  </Anchor>
                  <Text span size="xs" c="dimmed" ml={8}>
                    {`${example.template}, ${fullTime(example.at)}`}
                  </Text>
                </Text>
              ))}
            </Stack>
          </div>
        )}
        {held.length > 0 && (
          <div>
            <Text size="sm" fw={600} mb={6}>
              Why others would not
            </Text>
            <Bars label="Why others would not" color="var(--mantine-color-gray-5)" bars={held.map(([reason, value]) => ({ id: reason, label: titled(reason), value }))} />
          </div>
        )}
      </SimpleGrid>
    </Stack>
  );
}

/** Every day from the first to the last, also those on which nothing happened. */
function byDay(campaign: SimulatedCampaign): ChartData {
  const known = new Map(campaign.days.map(day => [Date.parse(day.day), day]));
  const all = [...known.keys()];
  const data: ChartData = [[], [], []];
  for (let at = Math.min(...all); at <= Math.max(...all); at += DAY_MS) {
    data[0].push(at / 1000);
    data[1]?.push(known.get(at)?.entered ?? 0);
    data[2]?.push(known.get(at)?.messages ?? 0);
  }
  return data;
}
