import { useReader } from '../language.tsx';

/** A value that counts; where a reviewer changed it, what was read stands before it, crossed out. */
export function Corrected({ read, counts }: { read: string; counts: string }) {
  const { say } = useReader();
  if (read === counts) return counts;
  return (
    <>
      <s className="is-faint" aria-label={say('admin.field.read-as', { value: read })}>
        {read}
      </s>{' '}
      {counts}
    </>
  );
}
