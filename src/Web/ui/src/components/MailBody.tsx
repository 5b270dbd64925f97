import { Tabs } from '@mantine/core';
import { MailFrame } from './MailFrame';
import classes from './MailBody.module.css';

/** A rendered message in its three forms; starts with the one that it has. */
export function MailBody({ subject, html, text, headers }: { subject: string; html: string; text: string; headers: string }) {
  return (
    <Tabs defaultValue={html === '' ? 'text' : 'html'} keepMounted={false}>
      <Tabs.List mb="md">
        <Tabs.Tab value="html" disabled={html === ''}>
          Mail
        </Tabs.Tab>
        <Tabs.Tab value="text" disabled={text === ''}>
          Plain text
        </Tabs.Tab>
        <Tabs.Tab value="headers" disabled={headers === ''}>
          Headers
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="html">
        <MailFrame html={html} title={`Mail: ${subject}`} />
      </Tabs.Panel>
      <Tabs.Panel value="text">
        <pre className={classes.plain}>{text}</pre>
      </Tabs.Panel>
      <Tabs.Panel value="headers">
        <pre className={classes.plain}>{headers}</pre>
      </Tabs.Panel>
    </Tabs>
  );
}
