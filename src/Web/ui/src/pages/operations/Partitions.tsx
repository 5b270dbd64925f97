import { Text } from '@mantine/core';
import { useRef, useState, type KeyboardEvent } from 'react';
import type { OperationsNode, Partition } from '../../api/operations';
import { Facts } from '../../components/Facts';
import { Panel } from '../../components/Panel';
import { EmptyState } from '../../components/states';
import { bytes, seconds } from '../../format/amounts';
import { count, plural } from '../../format/numbers';
import { toneOf, TONES, type PartitionTone } from './partitionTones';
import classes from './Partitions.module.css';

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

/** A square a partition, coloured by how far it is behind, node by node. One is chosen to be looked at closely. */
export function Partitions({ nodes }: { nodes: readonly OperationsNode[] }) {
  const owners = nodes.filter(node => node.partitions.length > 0);
  const all = owners.flatMap(node => node.partitions.map(partition => ({ node, partition })));
  const [chosen, setChosen] = useState<number | null>(null);
  const squares = useRef<HTMLDivElement>(null);
  const focus = all.find(each => each.partition.number === chosen) ?? null;
  const reachable = chosen ?? all[0]?.partition.number;

  const move = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const place = all.findIndex(each => each.partition.number === reachable);
    const next = step === undefined ? undefined : all[place + step];
    if (next === undefined) return;
    event.preventDefault();
    setChosen(next.partition.number);
    squares.current?.querySelector<HTMLButtonElement>(`[data-number="${next.partition.number}"]`)?.focus();
  };

  return (
    <Panel title="Partitions" hint={summary(all.map(each => each.partition))} className={classes.panel ?? ''}>
      {all.length === 0 ? (
        <EmptyState title="No partition has an owner">Nothing is decided until a silo takes them.</EmptyState>
      ) : (
        <>
          <div ref={squares} onKeyDown={move}>
            {owners.map(node => (
              <div key={node.name} className={classes.owner} role="group" aria-label={`Partitions of ${node.name}`}>
                {owners.length > 1 && (
                  <Text size="xs" fw={600} mb={6}>
                    {node.name}{' '}
                    <Text span size="xs" c="dimmed" fw={400}>
                      {count(node.partitions.length)}
                    </Text>
                  </Text>
                )}
                <div className={classes.squares}>
                  {node.partitions.map(partition => (
                    <Square
                      key={partition.number}
                      partition={partition}
                      chosen={partition.number === chosen}
                      reachable={partition.number === reachable}
                      choose={() => setChosen(partition.number === chosen ? null : partition.number)}
                    />
                  ))}
                </div>
              </div>
            ))}
          </div>
          <ul className={classes.legend} aria-label="Colours">
            {Object.entries(TONES).map(([tone, words]) => (
              <li key={tone} data-tone={tone}>
                {words}
              </li>
            ))}
          </ul>
          {focus === null ? (
            <Text size="xs" c="dimmed" mt="sm">
              Choose a square to look at its partition.
            </Text>
          ) : (
            <Close node={focus.node} partition={focus.partition} />
          )}
        </>
      )}
    </Panel>
  );
}

type SquareProps = { partition: Partition; chosen: boolean; reachable: boolean; choose: () => void };

function Square({ partition, chosen, reachable, choose }: SquareProps) {
  const tone: PartitionTone = toneOf(partition);
  return (
    <button
      type="button"
      className={classes.square}
      data-tone={tone}
      data-number={partition.number}
      aria-pressed={chosen}
      aria-label={`Partition ${partition.number}: ${TONES[tone]}`}
      title={`Partition ${partition.number}: ${partition.lagRecords === 0 ? TONES[tone] : `${plural(partition.lagRecords, 'record')} behind, ${seconds(partition.lagSeconds)}`}`}
      tabIndex={reachable ? 0 : -1}
      onClick={choose}
    >
      {partition.number}
    </button>
  );
}

function Close({ node, partition }: { node: OperationsNode; partition: Partition }) {
  return (
    <div className={classes.close} role="region" aria-label={`Partition ${partition.number}`}>
      <Text size="sm" fw={600}>
        Partition {partition.number}
      </Text>
      <div className={classes.facts}>
        <Facts
          facts={[
            ['Owner', `${node.name}, epoch ${count(partition.epoch)}`],
            ['Log ends at', count(partition.head)],
            ['Committed to', count(partition.cursor)],
            ['Replays from', count(partition.floor)],
          ]}
        />
        <Facts
          facts={[
            ['Behind', partition.lagRecords === 0 ? 'nothing' : `${plural(partition.lagRecords, 'record')}, ${seconds(partition.lagSeconds)}`],
            ['Timers', `${count(partition.timers)}${partition.timersDue > 0 ? `, ${count(partition.timersDue)} due, ${seconds(partition.timersLateSeconds)} late` : ''}`],
            ['In memory', partition.customers === 0 ? '–' : `${plural(partition.customers, 'customer')}, ${bytes(partition.customerBytes)}`],
            ['Definitions', `version ${count(partition.programVersion)}`],
          ]}
        />
      </div>
    </div>
  );
}

function summary(partitions: readonly Partition[]): string {
  const behind = partitions.filter(partition => toneOf(partition) !== 'caught-up').length;
  return behind === 0 ? `${plural(partitions.length, 'partition')}, all caught up` : `${plural(partitions.length, 'partition')}, ${count(behind)} not caught up`;
}
