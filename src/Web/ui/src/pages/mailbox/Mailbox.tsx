import { Anchor, Badge, Group, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { MailSummary } from '../../api/lists';
import { useNames } from '../../api/names';
import { queries } from '../../api/queries';
import { Ago } from '../../components/Ago';
import { FirstEvent } from '../../components/FirstEvent';
import { IconMail } from '../../components/icons';
import { PagedList } from '../../components/PagedList';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { EmptyState } from '../../components/states';
import { mailAddress } from '../../format/words';
import { MailPanel } from './MailPanel';
import classes from './Mailbox.module.css';

/** Mail that was kept here instead of being sent, because no SMTP server is set. */
export default function Mailbox() {
  const { id } = useParams();
  const sendsMail = useQuery(queries.setup()).data?.sendsMail === true;
  const mails = useInfiniteQuery({ ...queries.mailbox(), refetchInterval: 3_000 });
  return (
    <>
      <PageHeader
        title="Local mailbox"
        lead={
          sendsMail
            ? 'Mail leaves by SMTP: nothing is added here. What was kept before a server was set stays.'
            : 'Without an SMTP server, mail is kept here instead of being sent. Reading a mail loads its open pixel and its links are real, so opens and clicks count like anywhere else.'
        }
      />
      <div className={classes.panes} data-reading={id !== undefined || undefined}>
        <Panel flush className={classes.list ?? ''}>
          <PagedList
            result={mails}
            empty={
              sendsMail ? (
                <EmptyState title="No mail is kept here" icon={<IconMail size={22} />}>
                  <Text size="sm">
                    What was sent is listed under{' '}
                    <Anchor component={Link} to="/messages" size="sm">
                      Messages
                    </Anchor>
                    .
                  </Text>
                </EmptyState>
              ) : (
                <EmptyState title="No mail yet" icon={<IconMail size={22} />}>
                  <FirstEvent />
                </EmptyState>
              )
            }
          >
            {rows => (
              <ul className={classes.mails} aria-label="Mails">
                {rows.map(mail => (
                  <MailLine key={mail.messageId} mail={mail} open={mail.messageId === id} />
                ))}
              </ul>
            )}
          </PagedList>
        </Panel>
        <div className={classes.reader}>
          {id === undefined ? (
            <Panel>
              <EmptyState title="Choose a mail" icon={<IconMail size={22} />}>
                It is shown as its reader would see it.
              </EmptyState>
            </Panel>
          ) : (
            <MailPanel key={id} id={id} />
          )}
        </div>
      </div>
    </>
  );
}

function MailLine({ mail, open }: { mail: MailSummary; open: boolean }) {
  const names = useNames();
  return (
    <li>
      <Link to={`/mailbox/${encodeURIComponent(mail.messageId)}`} className={classes.mail} aria-current={open ? 'true' : undefined}>
        <Group justify="space-between" wrap="nowrap" gap="sm">
          <Text size="sm" fw={600} className="clip">
            {mailAddress(mail.to)}
          </Text>
          <Text size="xs" c="dimmed" className={classes.when ?? ''}>
            <Ago at={mail.at} />
          </Text>
        </Group>
        <Text size="sm" className="clip">
          {mail.subject}
        </Text>
        <Group gap={6} mt={2}>
          <Text size="xs" c="dimmed" className="clip">
            {mail.campaign === '' ? 'No campaign' : names.campaign(mail.campaign)}
          </Text>
          {mail.isTest && (
            <Badge size="xs" color="ember">
              Test
            </Badge>
          )}
        </Group>
      </Link>
    </li>
  );
}
