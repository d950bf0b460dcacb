import { Button, PinInput, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import mark from '../mark.svg';
import { bodyOf, client, type Person } from './api.ts';
import { Icon } from './icons.tsx';
import { useReader } from './language.tsx';
import { demoPeople } from './queries.ts';
import './sign-in.css';

// A tenant other than the installation's own is named in the address: /admin/?tenant=other.
const tenant = new URLSearchParams(location.search).get('tenant');
const signInAs = (email: string) => ({ email, ...(tenant && { tenant }) });

/** The door: an e-mail address, then the code sent to it. In the demo, a list of people to be. */
export function SignIn({ signedInAs }: { signedInAs?: string }) {
  const { say } = useReader();
  const [email, setEmail] = useState('');
  const asked = useMutation({
    mutationFn: (address: string) => bodyOf(client.POST('/api/v1/auth/otp', { body: signInAs(address) })),
  });
  const ask = (address: string) => {
    setEmail(address);
    asked.mutate(address);
  };
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <img src={mark} alt="" width="44" height="44" />
        <h1>{say('admin.sign-in.title')}</h1>
        {signedInAs && <p className="is-soft">{say('admin.sign-in.participant', { name: signedInAs })}</p>}
        {asked.isSuccess ? (
          <CodeForm email={email} demoCode={asked.data.demoCode} back={asked.reset} />
        ) : (
          <AddressForm ask={ask} isAsking={asked.isPending} error={asked.error} />
        )}
      </div>
    </main>
  );
}

type AddressProps = { ask: (email: string) => void; isAsking: boolean; error: Error | null };

function AddressForm({ ask, isAsking, error }: AddressProps) {
  const { say } = useReader();
  const [email, setEmail] = useState('');
  const staff = useQuery(demoPeople).data?.items.filter(({ kind }) => kind === 'staff') ?? [];
  return (
    <>
      {staff.length > 0 && (
        <>
          <p className="is-soft">{say('admin.sign-in.demo')}</p>
          <ul className="people">
            {staff.map((person) => (
              <PersonButton key={person.email} person={person} ask={ask} />
            ))}
          </ul>
          <p className="or">{say('admin.sign-in.or')}</p>
        </>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          ask(email);
        }}
      >
        <TextInput
          label={say('admin.sign-in.email')}
          type="email"
          name="email"
          autoComplete="email"
          required
          withAsterisk={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={error && (error.message || say('admin.trouble.unreachable'))}
        />
        <Button type="submit" fullWidth variant={staff.length > 0 ? 'default' : 'filled'} loading={isAsking}>
          {say('admin.sign-in.ask')}
        </Button>
      </form>
    </>
  );
}

function PersonButton({ person, ask }: { person: Person; ask: (email: string) => void }) {
  const { name } = useReader();
  return (
    <li>
      <button type="button" onClick={() => person.email && ask(person.email)}>
        <span className="initial">{person.name[0]}</span>
        <span>
          <strong>{person.name}</strong>
          <span className="is-soft">
            {[name('admin.role', person.role), person.note].filter(Boolean).join('. ')}
          </span>
        </span>
        <Icon name="chevron" />
      </button>
    </li>
  );
}

function CodeForm({
  email,
  demoCode,
  back,
}: {
  email: string;
  demoCode: string | undefined;
  back: () => void;
}) {
  const { say } = useReader();
  const queries = useQueryClient();
  const [code, setCode] = useState(demoCode ?? '');
  const enter = useMutation({
    mutationFn: (typed: string) =>
      bodyOf(client.POST('/api/v1/auth/sessions', { body: { ...signInAs(email), code: typed } })),
    onSuccess: () => queries.resetQueries(),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        enter.mutate(code);
      }}
    >
      <p className="is-soft">{say('admin.sign-in.sent', { email })}</p>
      {demoCode && <Note>{say('admin.sign-in.demo-code', { code: demoCode })}</Note>}
      <PinInput
        length={6}
        type="number"
        oneTimeCode
        autoFocus={!demoCode}
        value={code}
        onChange={setCode}
        onComplete={(typed) => typed !== demoCode && enter.mutate(typed)}
        error={enter.isError}
        getInputProps={(index) => ({ 'aria-label': say('admin.sign-in.digit', { index: index + 1 }) })}
      />
      {enter.error && (
        <p className="is-bad" role="alert">
          {enter.error.message || say('admin.trouble.unreachable')}
        </p>
      )}
      <Button type="submit" fullWidth loading={enter.isPending} autoFocus={Boolean(demoCode)}>
        {say('admin.sign-in.enter')}
      </Button>
      <Button variant="subtle" fullWidth onClick={back}>
        {say('admin.sign-in.back')}
      </Button>
    </form>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <p className="demo-note" role="status">
      {children}
    </p>
  );
}
