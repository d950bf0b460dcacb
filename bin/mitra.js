#!/usr/bin/env node
// Runs the program under the Node that it needs. Plain JavaScript for any Node: the one on the PATH may be older than the
// one that npm installed beside it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const majorMin = 24;
const program = fileURLToPath(new URL('../src/cli/mitra.ts', import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= majorMin) {
  await import(program);
} else {
  const node = installedNode();
  if (node) runUnder(node);
  else {
    console.error(
      `Mitra needs Node ${majorMin} and this is ${process.version}. npm installs it with the other packages: run "npm ci" ` +
        `(without --ignore-scripts), or start bin/mitra.js with a Node ${majorMin} of your own.`,
    );
    process.exitCode = 1;
  }
}

/** The Node that the package `node` brought, or null when its install script has not run. */
function installedNode() {
  try {
    const folder = path.dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const file = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(file) ? file : null;
  } catch {
    return null;
  }
}

function runUnder(node) {
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  // The child decides when to end: a signal is handed on, and its answer is ours.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`${node} does not run: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exitCode = code ?? 1;
  });
}
