import { Autocomplete, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import { personName } from '../format/words';

/** One customer's id; proposes those whom the beginning of an id, e-mail or name finds. */
export function CustomerInput({ label, description, value, change }: { label: string; description: string; value: string; change: (value: string) => void }) {
  const [typed] = useDebouncedValue(value, 200);
  const found = useQuery(queries.customers(typed));
  const people = new Map((found.data ?? []).map(person => [person.id, person]));
  return (
    <Autocomplete
      label={label}
      description={description}
      placeholder="ada"
      data={[...people.keys()]}
      filter={({ options }) => options}
      renderOption={({ option }) => {
        const person = people.get(option.value);
        return (
          <div>
            <Text size="sm">{person === undefined ? option.value : personName(person)}</Text>
            <Text size="xs" c="dimmed">
              {option.value}
            </Text>
          </div>
        );
      }}
      value={value}
      onChange={change}
    />
  );
}
