import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useReader } from '../language.tsx';
import { outlet, outletPage } from '../queries.ts';

/** The server is asked when typing has rested for so long. */
const restMs = 200;
const shownMax = 20;

type Props = { value: string | null; change: (part: { outlet: string | null }) => void };

/** Which outlet a receipt is of, by its id; the server finds the others as one types. */
export function OutletInput({ value, change }: Props) {
  const { say } = useReader();
  const chosen = useQuery({ ...outlet(value ?? ''), enabled: value !== null }).data;
  const [typed, setTyped] = useState('');
  const [rested] = useDebouncedValue(typed.trim(), restMs);
  // While nobody types the field says what is chosen: that is nothing to search for.
  const search = chosen && rested === labelOf(chosen) ? '' : rested;
  const found = useQuery(outletPage({ search, limit: shownMax })).data?.items ?? [];
  const ids = new Set(found.map(({ id }) => id));
  const offered = new Map([...(chosen ? [chosen] : []), ...found].map((one) => [one.id, labelOf(one)]));
  return (
    <Select
      id="review-outlet"
      size="xs"
      searchable
      aria-label={say('admin.field.outlet')}
      placeholder={say('admin.review.choose-outlet')}
      nothingFoundMessage={say('admin.find.none')}
      data={[...offered].map(([id, label]) => ({ value: id, label }))}
      // The server has searched; what is chosen is there for its name only.
      filter={({ options }) =>
        search === '' ? options : options.filter((one) => 'value' in one && ids.has(one.value))
      }
      value={value}
      onSearchChange={setTyped}
      onChange={(id) => change({ outlet: id })}
      {...(!value && { 'data-unsure': true })}
    />
  );
}

const labelOf = ({ name, area }: { name: string; area: string }): string => `${name}, ${area}`;
