import { Button } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';

/** The key itself, this one time: it is kept nowhere, so whoever leaves without it makes another one. */
export function NewKey({ name, secret, leave }: { name: string; secret: string; leave: () => void }) {
  const { say } = useReader();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    // Absent on plain http; the key can be marked and copied by hand there.
    await navigator.clipboard?.writeText(secret);
    setCopied(navigator.clipboard !== undefined);
  };
  return (
    <section className="key-form" aria-labelledby="new-key">
      <h2 id="new-key">{say('admin.keys.new', { name })}</h2>
      <p>{say('admin.keys.new.once')}</p>
      <code className="key-secret" tabIndex={0}>
        {secret}
      </code>
      <div className="key-row">
        <Button
          leftSection={isCopied && <Icon name="check" />}
          onClick={() => void copy()}
          autoFocus
          aria-live="polite"
        >
          {say(isCopied ? 'admin.keys.copied' : 'admin.keys.copy')}
        </Button>
        <Button variant="default" onClick={leave}>
          {say('admin.keys.done')}
        </Button>
      </div>
    </section>
  );
}
