import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';

import { participants } from '../demo/world.ts';
import receipts from '../demo/receipts.json' with { type: 'json' };
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/db/open.ts';
import { verifyBook } from '../src/ledger/verify.ts';
import { demoReceipt } from './app.ts';
import { pictureForm } from './http.ts';
import { prepareDemo, startServer, type ServerProcess } from './server.ts';
import { people } from './world.ts';

// The embedded server is left an orphan each time: an external one does not notice that the application died.
const isExternal = Boolean(process.env['TEST_DATABASE_URL']);
const rounds = 10;
const folder = mkdtempSync(path.join(tmpdir(), 'mitra-crash-'));
// Open to the service user, so that root's run leaves nothing outside of it.
chmodSync(folder, 0o755);
let running: ServerProcess | null = null;

afterAll(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Upload = { sender: string; bytes: Buffer };

async function signIn(url: string, sender: string): Promise<string> {
  const phone = participants.find(({ code }) => code === sender)!.phone;
  const write = (where: string, body: object) =>
    fetch(`${url}/api/v1/auth/${where}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const { demoCode } = (await (await write('otp', { phone })).json()) as { demoCode: string };
  const { token } = (await (await write('sessions', { phone, code: demoCode })).json()) as { token: string };
  return token;
}

/** Uploads from four writers until the server dies; answers what it acknowledged. */
async function uploadUntilKilled(url: string, queue: Upload[]): Promise<{ id: string; sender: string }[]> {
  const acknowledged: { id: string; sender: string }[] = [];
  const write = async (): Promise<void> => {
    for (let upload = queue.shift(); upload; upload = queue.shift()) {
      try {
        const token = await signIn(url, upload.sender);
        const answer = await fetch(`${url}/api/v1/evidence`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}` },
          body: pictureForm(upload.bytes),
        });
        if (!answer.ok) throw new Error(`not acknowledged: ${answer.status}`);
        const { id } = (await answer.json()) as { id: string };
        acknowledged.push({ id, sender: upload.sender });
      } catch {
        // Not acknowledged: its sender tries again, as a phone would.
        queue.push(upload);
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, write));
  return acknowledged;
}

test.skipIf(isExternal)(
  'T3: killed ten times during uploads, nothing acknowledged is missing, nothing half-posted, everything finished (embedded database only)',
  { timeout: 400_000 },
  async () => {
    await prepareDemo(folder);
    // Small pictures without text are read quickly: they make the crowd in which the receipts are read.
    const blanks = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        sharp({ create: { width: 120 + i, height: 80, channels: 3, background: { r: 250, g: 250, b: 240 } } })
          .jpeg()
          .toBuffer(),
      ),
    );
    const shown = receipts.filter(({ expected }) => expected.verdict === 'verified');
    const queue: Upload[] = [
      ...shown.map(({ file, sender }) => ({ sender, bytes: demoReceipt(file) })),
      ...blanks.map((bytes) => ({ sender: 'mira', bytes })),
    ].sort((a, b) => ((a.bytes.length * 7) % 101) - ((b.bytes.length * 7) % 101));
    const acknowledged: { id: string; sender: string }[] = [];
    for (let round = 0; round < rounds; round++) {
      running = await startServer(folder);
      const { kill, url } = running;
      const uploading = uploadUntilKilled(url, queue);
      // Each round dies at another moment of the work.
      await new Promise((resolve) => setTimeout(resolve, 150 + ((round * 617) % 1900)));
      await kill();
      acknowledged.push(...(await uploading));
    }
    running = await startServer(folder);
    acknowledged.push(...(await uploadUntilKilled(running.url, queue)));
    expect(queue).toHaveLength(0);

    const points = new Map<string, number>();
    for (const { id, sender } of acknowledged) {
      const story = await untilJudged(running.url, sender, id);
      const posted = story.transfers.filter(({ kind }) => kind === 'award');
      const awarded = posted.reduce((sum, { units }) => sum + units, 0);
      expect(awarded, 'all of an activity is posted or none').toBe(story.points);
      expect(story.messages).toHaveLength(1);
      points.set(`${sender} ${id}`, story.points);
    }
    for (const sender of new Set(acknowledged.map((each) => each.sender))) {
      const earned = [...points].reduce(
        (sum, [key, each]) => sum + (key.startsWith(`${sender} `) ? each : 0),
        0,
      );
      expect(await balanceOf(running.url, sender), sender).toBe(earned);
    }
    expect([...points.values()].some((each) => each > 0)).toBe(true);
    await running.stop();
    running = null;

    const db = await openDatabase(readConfig({ MITRA_DATA: folder }), { mode: 'share' });
    expect(await verifyBook(db, people.tenant)).toMatchObject({ ok: true });
    await db.close();
  },
);

type Story = {
  state: string;
  points: number;
  transfers: { kind: string; units: number }[];
  messages: unknown[];
};

async function untilJudged(url: string, sender: string, id: string): Promise<Story> {
  const token = await signIn(url, sender);
  for (;;) {
    const answer = await fetch(`${url}/api/v1/evidence/${id}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status, 'what was acknowledged is there').toBe(200);
    const story = (await answer.json()) as Story;
    if (!['waiting', 'reading'].includes(story.state) && story.messages.length > 0) return story;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function balanceOf(url: string, sender: string): Promise<number> {
  const token = await signIn(url, sender);
  const answer = await fetch(`${url}/api/v1/wallet`, { headers: { authorization: `Bearer ${token}` } });
  const { balances } = (await answer.json()) as {
    balances: { asset: { code: string }; available: number }[];
  };
  return balances.find(({ asset }) => asset.code === 'points')?.available ?? 0;
}
