// The real server on a port of its own with an empty data folder, and a recorder between it and the browsers: the
// recorder keeps every API exchange for the canary search, and can play a changed file or a server that is down.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, readFile, readdir, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const binary = process.env.SERVER_BINARY ?? path.join(root, 'target/debug/sealward-server');

// `settings` are flags besides those that every test needs; with `clock` its clock can be put ahead.
export async function startServer(settings = [], host = '127.0.0.1', clock = false) {
  const folder = await mkdtemp(path.join(tmpdir(), 'sealward-browser-'));
  if (clock) settings = [...settings, '--clock-ahead', path.join(folder, CLOCK)];
  const [port, inner] = [await freePort(), await freePort()];
  const server = new Server(folder, port, inner, settings, host);
  await server.start();
  return server;
}

const CLOCK = 'clock-ahead';

class Server {
  #process;
  #proxy;
  #sockets = new Set();
  // What the server printed, as Buffers.
  log = [];
  // { method, path, requestHeaders, request, status, responseHeaders, response }
  exchanges = [];
  // Whether the exchange with this path is kept: large files would fill the memory.
  keeps = () => true;
  // (path, body) => Buffer, to hand out something else than the server does.
  tamper = null;
  // Whether what is asked for under this path may be changed: what is has to arrive whole first, and streams never do.
  tampers = () => true;

  constructor(folder, port, inner, settings, host) {
    Object.assign(this, { folder, port, inner, settings, origin: `http://${host}:${port}` });
  }

  get pid() {
    return this.#process.pid;
  }

  async start() {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SEALWARD_')));
    const flags = ['serve', '--data', this.folder, '--listen', `127.0.0.1:${this.inner}`, '--origin', this.origin, ...this.settings];
    this.#process = spawn(binary, flags, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream.on('data', (bytes) => this.log.push(bytes));
    this.#process.on('error', (error) => this.log.push(Buffer.from(`cannot start ${binary}: ${error.message}`)));
    await this.#ready();
    await this.#listen();
  }

  async #ready() {
    for (let attempt = 0; attempt < 300; attempt += 1) {
      if (this.#process.exitCode !== null || this.#process.pid === undefined) break;
      const ready = await fetch(`http://127.0.0.1:${this.inner}/readyz`).catch(() => null);
      if (ready?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the server did not start:\n${Buffer.concat(this.log)}`);
  }

  // Opens the recorder's port, for the first time or after `disconnect`.
  async #listen() {
    this.#proxy = http.createServer((request, response) => this.#forward(request, response));
    this.#proxy.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#proxy.listen(this.port, '127.0.0.1');
    await once(this.#proxy, 'listening');
  }

  #forward(request, response) {
    const recorded = request.url.startsWith('/v1') && this.keeps(request.url);
    const exchange = { method: request.method, path: request.url, requestHeaders: request.headers, request: [], response: [] };
    if (recorded) this.exchanges.push(exchange);
    const headers = { ...request.headers };
    // What is changed has to be readable.
    const tampers = this.tamper && this.tampers(request.url);
    if (tampers) delete headers['accept-encoding'];
    const onward = http.request({ host: '127.0.0.1', port: this.inner, method: request.method, path: request.url, headers });
    onward.on('response', (answer) => {
      exchange.status = answer.statusCode;
      exchange.responseHeaders = answer.headers;
      // A page that closes in the middle of an answer is no fault of a test.
      if (tampers) return void this.#change(request.url, answer, response).catch(() => response.destroy());
      response.writeHead(answer.statusCode, answer.headers);
      response.flushHeaders();
      if (recorded) answer.on('data', (bytes) => exchange.response.push(bytes));
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    if (recorded) request.on('data', (bytes) => exchange.request.push(bytes));
    request.pipe(onward);
  }

  async #change(url, answer, response) {
    const parts = [];
    for await (const part of answer) parts.push(part);
    const body = Buffer.concat(parts);
    const changed = this.tamper?.(url, body) ?? body;
    const { 'content-length': _, ...headers } = answer.headers;
    response.writeHead(answer.statusCode, headers);
    response.end(changed);
  }

  // Puts the clock so many milliseconds ahead of the system's.
  async setClock(ahead) {
    await writeFile(path.join(this.folder, CLOCK), `${ahead}`);
  }

  // The server is not to be reached until `reconnect`.
  async disconnect() {
    this.#proxy.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async reconnect() {
    await this.#listen();
  }

  // Ends the program and starts it again on the same data.
  async restart() {
    await this.disconnect();
    await this.#end();
    await this.start();
  }

  async #end() {
    if (this.#process.exitCode !== null || this.#process.pid === undefined) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const late = setTimeout(() => this.#process.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  }

  // Everything that this server has ever held or passed on, by a name for messages. Ends the program first.
  async remains() {
    await this.disconnect();
    await this.#end();
    const remains = [['log', Buffer.concat(this.log)]];
    for (const file of await readdir(this.folder, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) remains.push([`data/${file.name}`, await readFile(path.join(file.parentPath ?? file.path, file.name))]);
    }
    for (const exchange of this.exchanges) {
      const name = `${exchange.method} ${exchange.path}`;
      remains.push([`${name} head`, Buffer.from(`${name} ${JSON.stringify(exchange.requestHeaders)} ${JSON.stringify(exchange.responseHeaders ?? {})}`)]);
      remains.push([`${name} request`, Buffer.concat(exchange.request)]);
      remains.push([`${name} response`, Buffer.concat(exchange.response)]);
    }
    return remains;
  }

  async stop() {
    await this.disconnect();
    await this.#end();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function freePort() {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}
