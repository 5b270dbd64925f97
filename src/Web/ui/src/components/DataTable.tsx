import { Table } from '@mantine/core';
import type { MouseEvent, ReactNode } from 'react';
import { useNavigate } from 'react-router';
import classes from './DataTable.module.css';

/** `from`: the column is left out on screens narrower than this. */
export type Column<T> = { id: string; header: ReactNode; cell: (row: T) => ReactNode; right?: boolean; from?: 'sm' | 'md' | 'lg'; width?: number | string };

type DataTableProps<T> = { label: string; rows: readonly T[]; columns: readonly Column<T>[]; rowKey: (row: T) => string; to?: (row: T) => string };

/** A table of rows that lead somewhere: the first cell holds the link, a click anywhere in the row follows it. */
export function DataTable<T>({ label, rows, columns, rowKey, to }: DataTableProps<T>) {
  const navigate = useNavigate();
  const follow = (row: T) => (event: MouseEvent<HTMLTableRowElement>) => {
    const target = event.target;
    const own = target instanceof Element && target.closest('a, button, input, label') !== null;
    if (to !== undefined && !own && window.getSelection()?.toString() === '') void navigate(to(row));
  };

  return (
    <div className={classes.scroll}>
      <Table className={classes.table} aria-label={label} highlightOnHover={to !== undefined}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(column => (
              <Table.Th key={column.id} data-right={column.right} data-from={column.from} style={{ width: column.width }}>
                {column.header}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(row => (
            <Table.Tr key={rowKey(row)} onClick={follow(row)} data-leads={to !== undefined || undefined}>
              {columns.map(column => (
                <Table.Td key={column.id} data-right={column.right} data-from={column.from}>
                  {column.cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
