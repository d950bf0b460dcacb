import { readConfig } from '../config.ts';
import { log } from '../log.ts';
import type { Service } from '../main.ts';
import { readArgs, say, UsageProblem } from './command.ts';

export const usage = `Usage: npx mitra start [--services=web,worker]

  --services   what this process does: "web" serves pages and API, "worker" runs jobs; both when not said.
               Several processes need a database of your own (DATABASE_URL).`;

export async function run(args: string[]): Promise<number> {
  const { values } = readArgs(args, { services: { type: 'string' } });
  const services = readServices(values.services);
  const config = readConfig();
  log.level = config.logLevel;
  // Listening comes first: a signal that arrives while the database starts must still stop it.
  const asked = untilAskedToStop();
  // Loaded only now: the list of commands must not wait for the whole program.
  const { startServices } = await import('../main.ts');
  const running = await startServices(config, services);
  if (running.url) say(`Mitra is running at ${running.url}   (Ctrl-C stops it)`);
  else say('Mitra is running its jobs   (Ctrl-C stops it)');
  await asked;
  say('Stopping ...');
  await running.stop();
  return 0;
}

/** Resolves at the first Ctrl-C, SIGTERM or closed terminal; further ones change nothing, for stopping is under way. */
export function untilAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}

const serviceNames: readonly Service[] = ['web', 'worker'];

function readServices(text: string | undefined): Service[] {
  const names = text === undefined ? [...serviceNames] : text.split(',');
  return names.map((name) => {
    const service = serviceNames.find((known) => known === name);
    if (!service)
      throw new UsageProblem(`There is no service "${name}"; there are ${serviceNames.join(' and ')}.`);
    return service;
  });
}
