import { Anchor, Group, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries';
import { IconBack } from '../../components/icons';
import { MailBody } from '../../components/MailBody';
import { Panel } from '../../components/Panel';
import { ErrorState, LoadingLines } from '../../components/states';
import { fullTime } from '../../format/time';
import { customerLabel, mailAddress } from '../../format/words';
import classes from './Mailbox.module.css';

export function MailPanel({ id }: { id: string }) {
  const mail = useQuery({ ...queries.mail(id), staleTime: Infinity });
  return (
    <Panel>
      <Anchor component={Link} to="/mailbox" size="sm" c="dimmed" className={classes.back ?? ''}>
        <Group gap={4}>
          <IconBack size={15} />
          All mail
        </Group>
      </Anchor>
      {mail.isPending && <LoadingLines />}
      {mail.isError && (
        <ErrorState what="This mail is not in the local mailbox" error={mail.error} retry={() => void mail.refetch()} />
      )}
      {mail.data !== undefined && (
        <>
          <Title order={2} mb={4}>
            {mail.data.subject}
          </Title>
          <Text size="sm" c="dimmed">
            From {mail.data.from} to{' '}
            <Link to={`/customers/${encodeURIComponent(mail.data.customerKey)}`} className="plain">
              {mailAddress(mail.data.to)}
            </Link>
            {', '}
            {fullTime(mail.data.at)}, customer {customerLabel(mail.data.customerKey)}
          </Text>
          <div className={classes.body}>
            <MailBody {...mail.data} />
          </div>
        </>
      )}
    </Panel>
  );
}
