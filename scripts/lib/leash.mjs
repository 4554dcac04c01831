// Runs a command as leader of a process group, and ends the group when our parent is gone: if the script that started wrangler is
// killed, nothing else would end workerd and esbuild, and the port would stay taken. The parent holds our stdin open.
import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

// A signal to the group reaches the command too: just wait for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

process.stdin.resume();
process.stdin.on('error', () => {});
process.stdin.on('close', () => {
  process.kill(-process.pid, 'SIGTERM');
  setTimeout(() => process.kill(-process.pid, 'SIGKILL'), 3000);
});

child.on('error', (error) => {
  console.error(error.message);
  process.exit(127);
});
child.on('exit', (code) => {
  if (process.stdin.closed) process.kill(-process.pid, 'SIGKILL');
  process.exit(code ?? 1);
});
