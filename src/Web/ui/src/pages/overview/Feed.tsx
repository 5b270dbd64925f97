import { ScrollArea } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useNames, type Names } from '../../api/names';
import { Ago } from '../../components/Ago';
import { IconBolt, IconCampaign, IconFlag, IconHand, IconSegment, IconSend } from '../../components/icons';
import { Happening, Happenings, type Tone } from '../../components/Happenings';
import { Panel } from '../../components/Panel';
import { EmptyState } from '../../components/states';
import { feedSentence, type FeedTone } from '../../format/feed';
import { customerLabel } from '../../format/words';
import { useLiveFeed } from '../../live/LiveProvider';
import type { FeedEntry } from '../../live/store';
import classes from './Feed.module.css';

const MARKS: Readonly<Record<FeedTone, { icon: ReactNode; tone: Tone }>> = {
  segment: { icon: <IconSegment size={15} />, tone: 'event' },
  campaign: { icon: <IconCampaign size={15} />, tone: 'event' },
  message: { icon: <IconSend size={15} />, tone: 'message' },
  good: { icon: <IconFlag size={15} />, tone: 'good' },
  muted: { icon: <IconHand size={15} />, tone: 'muted' },
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
          <Happenings>
            {feed.map(item => (
              <FeedLine key={item.key} item={item} names={names} />
            ))}
          </Happenings>
        </ScrollArea.Autosize>
      )}
    </Panel>
  );
}

function FeedLine({ item, names }: { item: FeedEntry; names: Names }) {
  const sentence = feedSentence(item, names);
  return (
    <Happening {...MARKS[sentence.tone]} fresh={item.fresh} when={<Ago at={item.at} />}>
      {item.customer === '' ? (
        <span className={classes.who}>A customer</span>
      ) : (
        <Link to={`/customers/${encodeURIComponent(item.customer)}`} className={`plain ${classes.who}`}>
          {customerLabel(item.customer)}
        </Link>
      )}{' '}
      {sentence.verb}{' '}
      {sentence.to === null ? (
        <span className={classes.what}>{sentence.subject}</span>
      ) : (
        <Link to={sentence.to} className={`plain ${classes.what}`}>
          {sentence.subject}
        </Link>
      )}{' '}
      <span className={classes.rest}>{sentence.rest}</span>
    </Happening>
  );
}
