import { signal } from '@preact/signals';
import { closeSession, openSession, read, signedOut, type Answer, type Inbox, type Me } from './api.ts';
import { discard } from './outgoing.ts';
import { forgetReads } from './use-read.ts';
import { preferredLanguage, speak } from './texts.ts';

/** Who is signed in on this phone; null: nobody. */
export const me = signal<Me | null>(null);
export const unread = signal(0);

/** Asks the server who we are, and takes on that person's language. */
export async function recognise(): Promise<Answer<Me>> {
  const answer = await read<Me>('/me');
  // Staff have pages of their own, in the same browser session.
  const person = answer.ok && answer.data.kind === 'participant' ? answer.data : null;
  await speak(preferredLanguage(person?.language));
  // A session that ran out keeps its unsent photo, but never for somebody else.
  if (person && person.id !== lastPerson) forget();
  if (person) lastPerson = person.id;
  me.value = person;
  if (person) void countUnread();
  return answer;
}

export async function signIn(phone: string, code: string): Promise<Answer<unknown>> {
  const opened = await openSession(phone, code);
  return opened.ok ? recognise() : opened;
}

export async function signOut(): Promise<void> {
  await closeSession();
  me.value = null;
  forget();
}

let lastPerson: string | null = null;

function forget(): void {
  unread.value = 0;
  discard();
  forgetReads();
}

addEventListener(signedOut, () => {
  me.value = null;
});

export async function countUnread(): Promise<void> {
  const answer = await read<Inbox>('/messages');
  if (answer.ok) unread.value = answer.data.unread;
}
