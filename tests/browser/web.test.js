// A server that serves another page than the one that was built: whoever comes in through `sealward web` never sees it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before } from 'node:test';
import { openDevice, startBrowser } from './harness/browser.js';
import { newMachine } from './harness/command_line.js';
import { account, addResource, createTeam, eventually, inside, password, row, shown, typeKitBack } from './harness/person.js';
import { startServer } from './harness/server.js';
import { story } from './harness/story.js';

const step = story();
let browser;
let server;
let machine;
let web;
let device;
let page;
let kit;
let stranger;

before(async () => {
  [browser, server] = await Promise.all([startBrowser(), startServer()]);
  server.tampers = (url) => !url.startsWith('/v1');
  server.tamper = (path, body) => {
    if (path.startsWith('/assets/style-')) return Buffer.concat([body, Buffer.from('\nbody { outline: 0 }\n')]);
    return path === '/' ? Buffer.from('<!doctype html><title>Sealward</title><script src="/robots.txt"></script>') : body;
  };
  machine = await newMachine(server);
});
after(async () => {
  await stranger?.leave();
  await machine?.close();
  await browser?.close();
  await server?.stop();
});

step('the server serves another page, and the command line names its files', async () => {
  const found = await machine.run(['verify-web', server.origin, '--json']);
  assert.equal(found.code, 9, found.err);
  const { others, files } = JSON.parse(found.out);
  assert.deepEqual(others.map((path) => path.replace(/-\w+\.css$/, '-….css')), ['/', '/assets/style-….css']);
  assert.ok(files > 10);
  const told = await machine.run(['verify-web', server.origin]);
  assert.match(told.out, /serves another web app\. Do not type a password there/);
});

step('through the command line the page that was built comes up, and a team is made', async () => {
  web = await machine.web();
  device = await openDevice(browser, web);
  page = await device.open(web.entrance);
  await page.getByRole('link', { name: /Create a team/ }).waitFor();
  assert.equal(await page.evaluate(() => location.href), `${web.origin}/`, 'the token is gone from the address');
  kit = await createTeam(page);
  // The team knows its server by that one's address.
  await page.getByText(server.origin, { exact: true }).waitFor();
  await typeKitBack(page, kit);
  await inside(page);
});

step('an account is made there, and its secret is shown', async () => {
  await addResource(page, { Name: 'payroll-db-09.internal', 'User name': 'payroll-admin', Password: 'hunter2-but-longer' });
  const card = account(page, 'payroll-admin');
  await card.getByRole('button', { name: 'Show Password' }).click();
  await card.getByText('hunter2-but-longer').waitFor();
});

step('a file of several chunks goes up and comes down', async () => {
  const bytes = randomBytes(2.5 * 1024 * 1024);
  const card = account(page, 'payroll-admin');
  await card.getByLabel('Add files, or drop them here').setInputFiles([{ name: 'dump.bin', mimeType: 'application/octet-stream', buffer: bytes }]);
  await card.getByRole('button', { name: 'Download dump.bin' }).waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), card.getByRole('button', { name: 'Download dump.bin' }).click()]);
  assert.ok(bytes.equals(await readFile(await download.path())));
});

step('what another device writes arrives there by itself', async () => {
  await machine.file('password', password);
  const signedIn = await machine.run(['sign-in', '--kit-fd', '0', '--login-name', kit.login, '--password-file', 'password'], kit.text);
  assert.equal(signedIn.code, 0, signedIn.err);
  const vault = JSON.parse((await machine.run(['list', '--kind', 'vault', '--json'])).out)
    .find(({ path }) => !/personal/i.test(path)).path;
  const made = await machine.run(['create', `${vault}/from-afar/root`, '--generate']);
  assert.equal(made.code, 0, made.err);
  await row(page, 'from-afar').waitFor();
});

step('the window stays in after it was loaded again', async () => {
  await page.reload();
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await inside(page);
  await row(page, 'payroll-db-09.internal').click();
  await shown(page, 'payroll-db-09.internal');
});

step('another window of the same browser is in as well', async () => {
  const second = await device.open('/');
  await inside(second);
  await row(second, 'from-afar').waitFor();
  await second.close();
});

step('nobody else comes in by the same address, and nothing of the program can be read by others', async () => {
  const second = await openDevice(browser, web);
  second.expect(/status of 401|sealward web/);
  const other = await second.open(web.entrance);
  await other.getByText('This address was used before').waitFor();
  await second.close();
  const token = web.entrance.split('=')[1];
  assert.ok(!`${await readFile(`/proc/${web.pid}/cmdline`)}${await readFile(`/proc/${web.pid}/environ`)}`.includes(token));
  const port = Number(new URL(web.origin).port).toString(16).toUpperCase().padStart(4, '0');
  const listening = (await readFile('/proc/net/tcp', 'utf8')).split('\n').filter((line) => line.includes(`:${port} 00000000:0000 0A`));
  assert.equal(listening.length, 1);
  assert.match(listening[0], /0100007F:/);
});

step('once it has ended, the open page tells whoever listens there next nothing', async () => {
  device.expect(/status of \d+|ERR_|Failed to fetch/);
  assert.equal(await web.end(), 0);
  // What the page sends in the moment until it notices cannot be called back, whoever hears it.
  const cannotBeReached = page.getByText(/cannot be reached/);
  await cannotBeReached.waitFor();
  stranger = await takePlace();
  await eventually(async () => stranger.calls.length > 0, true, 20_000);
  await account(page, 'payroll-admin').getByRole('button', { name: 'Show Password' }).click();
  await cannotBeReached.nth(1).waitFor();
  stranger.wasToldNothing();
  await stranger.leave();
});

step('another one on the same port begins anew', async () => {
  // On the same port another run knows nothing of the key that this browser has.
  web = await machine.web('--port', new URL(web.origin).port);
  device.expect(/status of 401|sealward web|ERR_/);
  await page.goto('/');
  await page.getByText('`sealward web` has ended').waitFor();
  // Its own address lets it in again, and what the browser keeps is there.
  await page.goto('about:blank');
  await page.goto(web.entrance);
  await page.getByText('mara.lindqvist').first().waitFor();
});

step('a page that waits for the password tells whoever listens there next nothing either', async () => {
  assert.equal(await web.end(), 0);
  stranger = await takePlace();
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await eventually(async () => stranger.calls.length > 0, true, 20_000);
  // What this browser keeps opens without anybody's help.
  await inside(page);
  stranger.wasToldNothing();
  await device.close();
  await stranger.leave();
});

step('an untampered server passes', async () => {
  server.tamper = null;
  const found = await machine.run(['verify-web', server.origin, '--json']);
  assert.equal(found.code, 0, `${found.out}${found.err}`);
  assert.deepEqual(JSON.parse(found.out).others, []);
});

// Somebody else on the port that `sealward web` had. Icons they may be asked for; of the API nothing.
async function takePlace() {
  const calls = [];
  const listener = createServer(({ url, method, headers }, answer) => {
    calls.push({ call: `${method} ${url}`, isOfApi: /^\/(v1|local)/.test(url), hasKey: !!(headers.authorization || headers['sealward-web']) });
    answer.writeHead(200, { 'content-type': 'text/plain' }).end('A'.repeat(43));
  }).listen(Number(new URL(web.origin).port), '127.0.0.1');
  await once(listener, 'listening');
  const wasToldNothing = () => {
    assert.deepEqual([...new Set(calls.filter(({ isOfApi }) => isOfApi).map(({ call }) => call))], ['POST /local/proof']);
    assert.deepEqual(calls.filter(({ hasKey }) => hasKey), []);
  };
  const leave = async () => {
    if (!listener.listening) return;
    listener.closeAllConnections();
    listener.close();
    await once(listener, 'close');
  };
  return { calls, wasToldNothing, leave };
}
