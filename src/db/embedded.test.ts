import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

type Said = { opened: boolean; pid: number; port: number; role: string; encoding: string; problem: string };

const script = path.resolve(import.meta.dirname, '../../test/hold-database.ts');

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

// The run on an external server has nothing to add to these.
const isExternal = Boolean(process.env['TEST_DATABASE_URL']);

describe.skipIf(isExternal)('the embedded server', { timeout: 120_000 }, () => {
  let home: string;
  let folder: string;
  let children: ChildProcess[];

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'mitra-embedded-'));
    chmodSync(home, 0o755);
    folder = path.join(home, 'data');
    children = [];
  });
  afterEach(async () => {
    for (const child of children) await end(child);
    const server = postmaster();
    if (server) process.kill(server, 'SIGQUIT');
    while (postmaster()) await sleep(20);
    const place = clusterFolder();
    if (!place.startsWith(home))
      for (const file of [place, `${place}.log`]) rmSync(file, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  });

  function start(
    mode: 'hold' | 'share',
    env: NodeJS.ProcessEnv = process.env,
  ): { child: ChildProcess; said: Promise<Said> } {
    const child = spawn(process.execPath, [script, folder, mode], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    const said = once(createInterface(child.stdout!), 'line').then(
      ([line]) => JSON.parse(line as string) as Said,
    );
    return { child, said };
  }

  function clusterFolder(): string {
    const own = path.join(folder, 'postgres');
    try {
      return readlinkSync(own);
    } catch {
      return own;
    }
  }

  function postmaster(): number | null {
    const file = path.join(clusterFolder(), 'postmaster.pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null;
  }

  test('speaks UTF-8 though LANG is unset, serves as mitra_app, keeps its password to itself, and stops with Mitra', async () => {
    const { LANG: _lang, LC_ALL: _all, ...env } = process.env;
    const { child, said } = start('hold', env);
    expect(await said).toMatchObject({ opened: true, role: 'mitra_app', encoding: 'UTF8' });
    expect(statSync(path.join(folder, 'postgres-password')).mode & 0o777).toBe(0o600);
    expect(postmaster()).not.toBeNull();
    await end(child);
    expect(postmaster()).toBeNull();
  });

  test('starts a second time on the same data', async () => {
    const first = start('hold');
    expect((await first.said).opened).toBe(true);
    await end(first.child);
    expect((await start('hold').said).opened).toBe(true);
  });

  test('T20: a second holder is refused within 2 s, with the pid of the first and what to do', async () => {
    const first = start('hold');
    expect((await first.said).opened).toBe(true);
    const at = performance.now();
    const second = await start('hold').said;
    expect(second.opened).toBe(false);
    expect(second.problem).toContain(`process id ${first.child.pid}`);
    expect(second.problem).toMatch(/Stop that process first .*MITRA_DATA=/s);
    expect(performance.now() - at).toBeLessThan(5000);
  });

  test('two that start at the same moment on nothing: one holds, the other is refused', async () => {
    const answers = await Promise.all([start('hold').said, start('hold').said]);
    expect(answers.map((said) => said.opened).sort()).toEqual([false, true]);
    expect(answers.find((said) => !said.opened)!.problem).toContain('is in use by Mitra with process id');
  });

  test('after kill -9 the next start adopts the server that was left running', async () => {
    const first = start('hold');
    const { port } = await first.said;
    await kill(first.child);
    expect(postmaster()).not.toBeNull();
    const second = start('hold');
    expect(await second.said).toMatchObject({ opened: true, port });
    await end(second.child);
    expect(postmaster()).toBeNull();
  });

  test('after kill -9 of both the next start recovers', async () => {
    const first = start('hold');
    await first.said;
    await kill(first.child);
    process.kill(postmaster()!, 'SIGKILL');
    expect((await start('hold').said).opened).toBe(true);
  });

  test('a pid file that names another program is no obstacle', async () => {
    const first = start('hold');
    await first.said;
    await end(first.child);
    writeFileSync(
      path.join(clusterFolder(), 'postmaster.pid'),
      `${process.pid}\n${clusterFolder()}\n0\n1\n\n\n\nready\n`,
    );
    expect((await start('hold').said).opened).toBe(true);
  });

  test('is started again on its port when it is killed under a running Mitra', async () => {
    const first = start('hold');
    const { port } = await first.said;
    const before = postmaster()!;
    process.kill(before, 'SIGKILL');
    // Between the two there is none, and a command that comes then starts one of its own.
    await expect.poll(() => [null, before].includes(postmaster()), { timeout: 20_000 }).toBe(false);
    const command = start('share');
    expect(await command.said).toMatchObject({ opened: true, port });
    await end(command.child);
    expect(readFileSync(path.join(clusterFolder(), 'postmaster.pid'), 'utf8').split('\n')[3]).toBe(
      String(port),
    );
    await end(first.child);
    expect(postmaster()).toBeNull();
  });

  test('a command joins the running server and leaves it running', async () => {
    const server = start('hold');
    const { port } = await server.said;
    const command = start('share');
    expect(await command.said).toMatchObject({ opened: true, port });
    await end(command.child);
    expect(postmaster()).not.toBeNull();
  });

  test('of two commands the one that started the server stops it after the other has ended', async () => {
    const first = start('share');
    await first.said;
    const second = start('share');
    await second.said;
    first.child.stdin!.end();
    await sleep(500);
    expect(postmaster()).not.toBeNull();
    await end(second.child);
    await once(first.child, 'exit');
    expect(postmaster()).toBeNull();
  });

  test.skipIf(process.getuid?.() !== 0)('as root in a folder that only root may enter', async () => {
    chmodSync(home, 0o700);
    const first = start('hold');
    expect(await first.said).toMatchObject({ opened: true, encoding: 'UTF8' });
    expect(clusterFolder()).toMatch(/^\/var\/lib\/mitra\//);
    await end(first.child);
    expect((await start('hold').said).opened).toBe(true);
  });
});
