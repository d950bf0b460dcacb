import { ConfigProblem } from './config.ts';
import type { Config } from './config.ts';
import type { Mode } from './db/embedded.ts';
import { openDatabase } from './db/open.ts';
import { openObjects } from './evidence/objects.ts';
import { createPool } from './evidence/receipt/pool.ts';
import type { App } from './flow/app.ts';
import { serveWeb } from './http/serve.ts';
import { runJobs } from './jobs/run.ts';
import { tasksOf, timetable } from './jobs/tasks.ts';
import { log } from './log.ts';

/** What a process can do. */
export type Service = 'web' | 'worker';

/** The parts of a running Mitra, for a command (mode `share`) or a server (mode `hold`). `close` lets go of all of them. */
export async function openApp(config: Config, mode: Mode): Promise<{ app: App; close(): Promise<void> }> {
  const objects = openObjects(config);
  const db = await openDatabase(config, {
    mode,
    onLost: (error) => log.warn({ problem: error.message }, 'a database connection was lost'),
  });
  const ocr = createPool({ workers: config.readers });
  const close = async () => {
    await ocr.close();
    await db.close();
  };
  return { app: { config, db, objects, ocr, now: () => new Date() }, close };
}

export type Running = {
  app: App;
  /** Where the pages are; null without the service `web`. */
  url: string | null;
  /** Takes nothing new, finishes what is under way, then stops the jobs and last the database. */
  stop(): Promise<void>;
};

/** Starts the chosen services. Refuses in words when the port is taken or the database cannot serve; then nothing stays running. */
export async function startServices(config: Config, services: readonly Service[]): Promise<Running> {
  const { app, close } = await openApp(config, 'hold');
  try {
    const jobs = services.includes('worker') ? runJobs(app.db, tasksOf(app), timetable) : null;
    try {
      const web = services.includes('web') ? await serveWeb(app).catch(tellPort(config)) : null;
      const stop = async () => {
        await web?.stop();
        await jobs?.stop();
        await close();
      };
      return { app, url: web?.url ?? null, stop };
    } catch (error) {
      await jobs?.stop();
      throw error;
    }
  } catch (error) {
    await close();
    throw error;
  }
}

function tellPort({ host, port }: Config): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    if (error.code === 'EADDRINUSE')
      throw new ConfigProblem(
        `Port ${port} is taken by another program. Stop that one, or choose another: PORT=${port + 1}.`,
      );
    if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL')
      throw new ConfigProblem(
        `Mitra may not listen on ${host}, port ${port} (${error.message}). Set HOST and PORT.`,
      );
    throw error;
  };
}
