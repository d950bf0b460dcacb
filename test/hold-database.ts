// A process of its own that opens the database of a data folder, says how to reach it, and closes it on a signal or when
// its standard input ends. Used by tests of what happens between processes.
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/db/open.ts';

const [folder, mode] = process.argv.slice(2);
try {
  const db = await openDatabase(readConfig({ MITRA_DATA: folder }), {
    mode: mode as 'hold' | 'share',
    onLost: (error) => process.stderr.write(`${error.message}\n`),
  });
  if (mode === 'hold') process.once('SIGTERM', () => void db.close().then(() => process.exit(0)));
  process.stdin.once('end', () => void db.close().then(() => process.exit(0))).resume();
  const { rows } = await db.pool.query(
    "select current_user as role, current_setting('server_encoding') as encoding",
  );
  const { port } = db.workerLogin;
  process.stdout.write(`${JSON.stringify({ opened: true, pid: process.pid, port, ...rows[0] })}\n`);
} catch (error) {
  process.stdout.write(
    `${JSON.stringify({ opened: false, name: (error as Error).name, problem: (error as Error).message })}\n`,
  );
  process.exit(1);
}
