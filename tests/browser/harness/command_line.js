// The command line, on a machine of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const binary = process.env.CLI_BINARY ?? path.join(root, 'target/debug/sealward');

export async function newMachine(server) {
  return new Machine(await mkdtemp(path.join(tmpdir(), 'sw-')), server);
}

class Machine {
  #running = [];

  constructor(folder, server) {
    Object.assign(this, { folder, server });
  }

  #spawn(args) {
    const env = { PATH: process.env.PATH, LANG: 'C.UTF-8', SEALWARD_HOME: path.join(this.folder, 'home'), SEALWARD_SERVER: this.server.origin };
    return spawn(binary, args, { env, cwd: this.folder, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  async file(name, content) {
    await writeFile(path.join(this.folder, name), content);
  }

  // Runs a command to its end.
  async run(args, input = '') {
    const child = this.#spawn(args);
    child.stdin.end(input);
    const [out, err] = [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8').toArray());
    const [code] = await once(child, 'close');
    return { code, out: (await out).join(''), err: (await err).join('') };
  }

  // `sealward web`: where it is, and the path that lets a browser in.
  async web(...args) {
    const child = this.#spawn(['web', '--json', ...args]);
    this.#running.push(child);
    let written = '';
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text) => { complaint += text; });
    for await (const text of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      written += text;
      if (written.endsWith('}\n')) break;
    }
    if (!written) throw new Error(`sealward web did not start: ${complaint}`);
    const { origin, hash } = new URL(JSON.parse(written).value);
    const end = async () => {
      child.kill('SIGTERM');
      return (await once(child, 'exit'))[0];
    };
    return { origin, entrance: `/${hash}`, pid: child.pid, end };
  }

  async close() {
    for (const child of this.#running) child.kill('SIGKILL');
    await this.run(['lock']);
    await rm(this.folder, { recursive: true, force: true });
  }
}
