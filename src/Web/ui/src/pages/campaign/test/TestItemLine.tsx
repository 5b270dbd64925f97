import { Badge, Text } from '@mantine/core';
import type { TestItem, TestMessage } from '../../../api/campaignTests';
import { IconBolt, IconBranch, IconCheck, IconClock, IconCross, IconExit, IconFlag, IconMail, IconPerson, IconPlay } from '../../../components/icons';
import { MailBody } from '../../../components/MailBody';
import { fullTime } from '../../../format/time';
import { Reasons } from '../../customer/why/Reasons';
import classes from './Test.module.css';

const ICONS: Readonly<Record<string, typeof IconBolt>> = {
  event: IconBolt,
  customer: IconPerson,
  entered: IconPlay,
  'not entered': IconCross,
  wait: IconClock,
  'wait until': IconClock,
  held: IconClock,
  branch: IconBranch,
  message: IconMail,
  skipped: IconCross,
  converted: IconFlag,
  exited: IconExit,
  completed: IconCheck,
};

/** One thing that happened in a test. */
export function TestItemLine({ item }: { item: TestItem }) {
  const Icon = ICONS[item.kind] ?? IconBolt;
  return (
    <li className={classes.item} data-kind={item.kind}>
      <time className={`num ${classes.after ?? ''}`} dateTime={item.at} title={fullTime(item.at)}>
        {item.after}
      </time>
      <span className={classes.icon} aria-hidden="true">
        <Icon size={14} />
      </span>
      <div className={classes.words}>
        <Text size="sm" fw={550} span>
          {item.title}
        </Text>
        {item.step !== null && (
          <Text size="xs" c="dimmed" span ml={8}>
            step {item.step}
          </Text>
        )}
        {item.detail !== '' && <div className={classes.detail}>{item.detail}</div>}
        {item.why.length > 0 && (
          <details className={classes.why}>
            <summary>Why</summary>
            <Reasons label={`Why: ${item.title}`} reasons={item.why} />
          </details>
        )}
        {item.message !== null && <Message message={item.message} />}
      </div>
    </li>
  );
}

function Message({ message }: { message: TestMessage }) {
  if (message.error !== '') {
    return (
      <Text size="sm" c="red" role="alert">
        It cannot be rendered: {message.error}
      </Text>
    );
  }
  return (
    <>
      <Text size="xs" c="dimmed" className={classes.note ?? ''}>
        In earnest it would go to {message.address}
      </Text>
      {message.outcome !== null && (
        <Badge size="sm" variant="light" color={message.sentTo === null ? 'gray' : 'teal'} tt="none" className={classes.outcome ?? ''}>
          {message.sentTo === null ? message.outcome : `Test sent to ${message.sentTo}`}
        </Badge>
      )}
      <details className={classes.why}>
        <summary>{message.subject === '' ? 'What it sends' : message.subject}</summary>
        <div className={classes.mail}>
          <MailBody subject={message.subject} html={message.html} text={message.text} headers="" />
        </div>
      </details>
    </>
  );
}
