import { Alert, Button, Group, Modal, Stack, Text, type ButtonProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorWords } from './states';

type ConfirmButtonProps = ButtonProps & {
  children: ReactNode;
  title: string;
  /** What will happen, in words. */
  explain: ReactNode;
  confirm: string;
  danger?: boolean;
  run: () => Promise<unknown>;
  done: string;
};

/** A button whose deed is explained and confirmed first; a refusal stays in the dialog, success is announced. */
export function ConfirmButton({ children, title, explain, confirm, danger = false, run, done, ...button }: ConfirmButtonProps) {
  const [opened, { open, close }] = useDisclosure(false);
  const deed = useMutation({
    mutationFn: run,
    onSuccess: () => {
      close();
      notifications.show({ message: done, color: 'teal' });
    },
  });

  return (
    <>
      <Button
        {...button}
        onClick={() => {
          deed.reset();
          open();
        }}
      >
        {children}
      </Button>
      <Modal opened={opened} onClose={close} title={<Text fw={650}>{title}</Text>}>
        <Stack>
          <Text size="sm" component="div">
            {explain}
          </Text>
          {deed.isError && (
            <Alert color="red" role="alert">
              <ErrorWords error={deed.error} />
            </Alert>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button color={danger ? 'red' : 'teal'} loading={deed.isPending} onClick={() => deed.mutate()} data-autofocus>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
