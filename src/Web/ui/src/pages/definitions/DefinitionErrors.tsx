import { Alert, Code, Text } from '@mantine/core';
import type { DefinitionError } from '../../api/client';
import { plural } from '../../format/numbers';
import classes from './Definitions.module.css';

/** Each error where it stands: file, line, field, and what to do. */
export function DefinitionErrors({ errors }: { errors: readonly DefinitionError[] }) {
  return (
    <Alert color="red" title={`${plural(errors.length, 'error')}: the version in force stays`} role="alert">
      <ol className={classes.errors}>
        {errors.map(error => (
          <li key={`${error.file}:${error.line}:${error.column}:${error.field}:${error.message}`}>
            <Code>
              {error.file}
              {error.line > 0 && `:${error.line}:${error.column}`}
            </Code>{' '}
            {error.field !== '' && (
              <Text span size="sm" fw={600}>
                {error.field}{' '}
              </Text>
            )}
            <Text span size="sm">
              {error.message}
            </Text>
          </li>
        ))}
      </ol>
    </Alert>
  );
}
