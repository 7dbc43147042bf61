// The page starts under its policy, and what was changed on the way does not run.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { openDevice, startBrowser } from './harness/browser.js';
import { startServer } from './harness/server.js';

let browser;
let server;
before(async () => {
  [browser, server] = await Promise.all([startBrowser(), startServer()]);
});
afterEach(() => {
  server.tamper = null;
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const started = (page) => page.waitForFunction(() => !document.getElementById('boot') && globalThis.sealward?.worker);
const message = (page, words) => page.waitForFunction((words) => new RegExp(words).test(document.getElementById('boot-message')?.textContent), words);

test('starts without an error, a violation or another origin', async () => {
  const device = await openDevice(browser, server);
  const page = await device.open('/');
  await started(page);
  await device.close();
});

test('says so in Chinese too', async () => {
  const device = await openDevice(browser, server, { locale: 'zh-CN' });
  device.expect(/./);
  server.tamper = (path, body) => (path.endsWith('.wasm') ? flipped(body) : body);
  const page = await device.open('/');
  await message(page, '程序的一部分与本页面预期的不一致');
  await device.close();
});

const parts = {
  'program of the page': /\/assets\/page-.*\.wasm$/,
  'program of the worker': /\/assets\/worker-.*\.wasm$/,
  'script of the page': /\/assets\/page-.*\.js$/,
  'script of the worker': /\/assets\/worker-(?!boot).*\.js$/,
  'start of the worker': /\/assets\/worker-boot-.*\.js$/,
};
for (const [part, file] of Object.entries(parts)) {
  test(`refuses a changed ${part}`, async () => {
    const device = await openDevice(browser, server);
    device.expect(/integrity|Failed to fetch|Stopped|part of the program|dynamically imported module/i);
    let changed = 0;
    server.tamper = (path, body) => {
      if (!file.test(path)) return body;
      changed += 1;
      return path.endsWith('.js') ? Buffer.concat([body, Buffer.from('\nglobalThis.planted = true;')]) : flipped(body);
    };
    const page = await device.open('/');
    await message(page, 'not what this page expects');
    assert.ok(changed > 0, 'the file was asked for');
    assert.equal(await page.evaluate(() => globalThis.planted), undefined, 'the changed script did not run');
    assert.ok(await page.evaluate(() => document.getElementById('boot')), 'the app did not start');
    await device.close();
  });
}

test('a changed boot.js does not run at all', async () => {
  const device = await openDevice(browser, server);
  device.expect(/integrity/i);
  server.tamper = (path, body) => (/\/assets\/boot-/.test(path) ? Buffer.concat([body, Buffer.from('\nglobalThis.planted = true;')]) : body);
  const page = await device.open('/');
  await page.waitForLoadState('load');
  assert.equal(await page.evaluate(() => globalThis.planted), undefined);
  assert.equal(await page.evaluate(() => globalThis.sealward), undefined);
  await device.close();
});

test('a file that is cut off on the way is not called changed', async () => {
  const device = await openDevice(browser, server);
  device.expect(/./);
  const page = await device.context.newPage();
  await page.route(/\.wasm$/, (route) => route.abort('connectionreset'));
  await page.goto('/');
  await message(page, 'cannot be reached');
  await device.close();
});

test('every page route gives the app, and no operation does', async () => {
  for (const path of ['/', '/sign-in', '/create', '/team/anything']) {
    const response = await fetch(server.origin + path, { headers: { accept: 'text/html' } });
    assert.equal(response.status, 200, path);
    assert.match(response.headers.get('content-security-policy'), /default-src 'none'/);
    assert.match(await response.text(), /<script type="module" src="\/assets\/boot-/);
  }
  const response = await fetch(`${server.origin}/v1/nothing`, { headers: { accept: 'text/html' } });
  assert.equal(response.status, 404);
  assert.match(response.headers.get('content-type'), /problem\+json/);
});

function flipped(body) {
  const copy = Buffer.from(body);
  copy[copy.length - 1] ^= 1;
  return copy;
}
