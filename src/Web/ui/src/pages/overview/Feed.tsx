import { ScrollArea, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useNames, type Names } from '../../api/names';
import { Ago } from '../../components/Ago';
import { IconBolt, IconCampaign, IconFlag, IconHand, IconSegment, IconSend } from '../../components/icons';
import { Panel } from '../../components/Panel';
import { EmptyState } from '../../components/states';
import { feedSentence, type FeedTone } from '../../format/feed';
import { customerLabel } from '../../format/words';
import { useLiveFeed } from '../../live/LiveProvider';
import type { FeedEntry } from '../../live/store';
import classes from './Feed.module.css';

const ICONS: Readonly<Record<FeedTone, ReactNode>> = {
  segment: <IconSegment size={15} />,
  campaign: <IconCampaign size={15} />,
  message: <IconSend size={15} />,
  good: <IconFlag size={15} />,
  muted: <IconHand size={15} />,
};

/** What the machine decides, as it decides it, in words. */
export function Feed() {
  const feed = useLiveFeed();
  const names = useNames();
  return (
    <Panel title="Decisions" hint="As they are made, newest first" flush>
      {feed.length === 0 ? (
        <EmptyState title="Nothing decided yet" icon={<IconBolt size={22} />}>
          Segment changes, campaign entries, messages and conversions appear here the moment they happen.
        </EmptyState>
      ) : (
        <ScrollArea.Autosize mah={520} type="hover" viewportProps={{ tabIndex: 0, 'aria-label': 'The newest decisions', role: 'group' }}>
          <ol className={classes.feed}>
            {feed.map(item => (
              <FeedLine key={item.key} item={item} names={names} />
            ))}
          </ol>
        </ScrollArea.Autosize>
      )}
    </Panel>
  );
}

function FeedLine({ item, names }: { item: FeedEntry; names: Names }) {
  const sentence = feedSentence(item, names);
  return (
    <li className={classes.line} data-fresh={item.fresh || undefined}>
      <span className={classes.icon} data-tone={sentence.tone}>
        {ICONS[sentence.tone]}
      </span>
      <Text size="sm" component="div" className={classes.words ?? ''}>
        <Link to={`/customers/${encodeURIComponent(item.customer)}`} className={`plain ${classes.who}`}>
          {customerLabel(item.customer)}
        </Link>{' '}
        {sentence.verb}{' '}
        {sentence.to === null ? (
          <span className={classes.what}>{sentence.subject}</span>
        ) : (
          <Link to={sentence.to} className={`plain ${classes.what}`}>
            {sentence.subject}
          </Link>
        )}{' '}
        <span className={classes.rest}>{sentence.rest}</span>
      </Text>
      <Text size="xs" c="dimmed" component="span" className={classes.when ?? ''}>
        <Ago at={item.at} />
      </Text>
    </li>
  );
}
