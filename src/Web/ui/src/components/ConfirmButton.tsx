import { Alert, Button, Group, Modal, Stack, Text, type ButtonProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
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
  // What was asked is what is done, and stays in the dialog while it closes, although the button may have turned into its opposite meanwhile.
  const [asked, setAsked] = useState({ title, explain, confirm, danger, run, done });
  const deed = useMutation({
    mutationFn: () => asked.run(),
    onSuccess: () => {
      close();
      notifications.show({ message: asked.done, color: 'teal' });
    },
  });

  return (
    <>
      <Button
        {...button}
        onClick={() => {
          deed.reset();
          setAsked({ title, explain, confirm, danger, run, done });
          open();
        }}
      >
        {children}
      </Button>
      <Modal opened={opened} onClose={close} title={<Text fw={650}>{asked.title}</Text>}>
        <Stack>
          <Text size="sm" component="div">
            {asked.explain}
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
            <Button color={asked.danger ? 'red' : 'teal'} loading={deed.isPending} onClick={() => deed.mutate()} data-autofocus>
              {asked.confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
