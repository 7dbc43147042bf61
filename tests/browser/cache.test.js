// The catalog that a browser keeps: opened without the server, brought up to date when it is back, sealed, and gone when
// it is to be gone.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkAccess, narrow, wide } from './harness/browser.js';
import { search } from './harness/canary.js';
import { account, addResource, detail, dialog, eventually, fill, inside, openSettings, row, rows, shown, signInWithKit, toast, unlock } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const pictures = fileURLToPath(new URL('../../target/screenshots/', import.meta.url));
let team;
let page;
let laptop;
before(async () => {
  await mkdir(pictures, { recursive: true });
  team = await startTeam();
  page = team.page;
  await addResource(page, { Name: team.secret('orchard-gate.internal'), 'User name': team.secret('gate-keeper'), Password: team.secret('seven quiet apple crates') });
  await addResource(page, { Name: team.secret('orchard-press.internal') });
  const device = await team.openDevice();
  laptop = await device.open('/');
  await signInWithKit(laptop, team.kit);
  await inside(laptop);
  for (const one of [team.owner, device]) one.expect(/ERR_|Failed to load resource|Failed to fetch/);
});
afterEach((test) => team.check(test));
after(() => team?.close());

const kept = 'This is what this browser keeps';
const newPassword = 'brass lighthouse walrus paper';
const banner = () => page.getByRole('status').filter({ hasText: kept });
const listed = (window) => rows(window).locator('.row-name').allTextContents();
const both = ['orchard-gate.internal', 'orchard-press.internal'];
const lock = async () => {
  await page.keyboard.press('Control+Shift+L');
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
};
const cut = () => page.context().route('**/v1/**', (route) => route.abort('connectionrefused'));
const mend = () => page.context().unroute('**/v1/**');

// Every record of a database of this origin: its key, and its bytes.
function records(window, database) {
  return window.evaluate(async (name) => {
    const open = await new Promise((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const found = [];
    for (const store of open.objectStoreNames) {
      const transaction = open.transaction(store);
      const read = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
      const [keys, values] = await Promise.all([read(transaction.objectStore(store).getAllKeys()), read(transaction.objectStore(store).getAll())]);
      keys.forEach((key, at) => found.push([String(key), Array.from(values[at])]));
    }
    open.close();
    return found;
  }, database);
}

// Changes one record of what is kept: `change` gets its bytes.
async function damage(window, part) {
  await window.evaluate(async (part) => {
    const open = await new Promise((resolve) => {
      const request = indexedDB.open('sealward-catalog');
      request.onsuccess = () => resolve(request.result);
    });
    const store = open.transaction('kept', 'readwrite').objectStore('kept');
    const read = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
    for (const key of await read(store.getAllKeys())) {
      if (!key.includes(part)) continue;
      const bytes = await read(store.get(key));
      bytes[bytes.length - 9] ^= 1;
      await read(store.put(bytes, key));
    }
    open.close();
  }, part);
}

const names = async (window) => (await records(window, 'sealward-catalog')).map(([key]) => key.split('/').slice(1).map((part) => (part.length > 20 ? 'vault' : part)).join('/'));
const settled = (window) => eventually(() => names(window), ['vault/000', 'vault/000', 'identity', 'manifest']);

const chunks = async (window) => JSON.stringify((await records(window, 'sealward-catalog')).filter(([key]) => key.endsWith('/000')));

// Does something once nothing more is being written down, and waits until its change is.
async function written(window, then) {
  let before = await chunks(window);
  for (let quiet = 0; quiet < 10;) {
    await window.waitForTimeout(300);
    const now = await chunks(window);
    quiet = now === before ? quiet + 1 : 0;
    before = now;
  }
  await then();
  await eventually(async () => (await chunks(window)) !== before, true);
}

step('what is kept is sealed', async () => {
  await settled(page);
  const bytes = async (name) => (await records(page, name)).map(([key, value]) => [key, Buffer.from(value)]);
  const secrets = [...both, 'gate-keeper', 'seven quiet apple crates'];
  assert.deepEqual(search([...(await bytes('sealward-catalog')), ...(await bytes('sealward'))], secrets), []);
  // The control: what this browser remembers in plain is found.
  assert.notDeepEqual(search(await bytes('sealward'), ['mara.lindqvist']), []);
});

step('the password opens it without the server, and a banner says so', async () => {
  await eventually(() => listed(page), both);
  await lock();
  await team.server.disconnect();
  await unlock(page);
  await banner().waitFor();
  await eventually(() => listed(page), both);
  await row(page, 'orchard-gate').click();
  await shown(page, 'orchard-gate.internal');
  await checkAccess(page, 'a page that was opened without its server');
});

step('it looks right in both themes and at both widths', async () => {
  for (const [theme, viewport] of [['light', wide], ['dark', wide], ['light', narrow], ['dark', narrow]]) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: theme });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= viewport.width, `${width} px at a width of ${viewport.width}`);
    await checkAccess(page, `kept, ${theme}, ${viewport.width} px`);
    await page.screenshot({ path: `${pictures}kept-en-${theme}-${viewport.width}.png` });
  }
  await page.setViewportSize(wide);
  await page.emulateMedia({ colorScheme: 'light' });
});

step('it can be searched', async () => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search' }).fill('gate-keeper');
  await eventually(() => page.getByRole('listbox', { name: 'Results' }).getByRole('option').first().locator('.row-name').innerText(), 'gate-keeper');
  await page.keyboard.press('Escape');
});

step('secrets and changes are refused until the server is back', async () => {
  await row(page, 'orchard-gate').click();
  await account(page, 'gate-keeper').getByRole('button', { name: 'Show Password' }).click();
  await toast(page, 'The server cannot be reached').waitFor();
  await detail(page).getByRole('button', { name: 'Edit', exact: true }).click();
  await fill(dialog(page), { Name: team.secret('orchard-fence.internal') });
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await dialog(page).getByRole('alert').filter({ hasText: 'The server cannot be reached. Nothing was changed' }).waitFor();
});

step('a wrong password opens nothing', async () => {
  await page.keyboard.press('Escape');
  await lock();
  await unlock(page, 'not the password');
  await page.getByRole('alert').filter({ hasText: 'this password does not open what this browser keeps' }).waitFor();
  await unlock(page);
  await banner().waitFor();
});

step('it signs in by itself when the server is back, and brings what changed', async () => {
  await cut();
  await team.server.reconnect();
  await laptop.getByRole('button', { name: 'Try now' }).click().catch(() => {});
  await addResource(laptop, { Name: team.secret('orchard-well.internal') });
  const before = team.server.exchanges.length;
  await mend();
  await page.getByRole('button', { name: 'Try now' }).click();
  await banner().waitFor({ state: 'detached', timeout: 40_000 });
  await eventually(() => listed(page), [...both, 'orchard-well.internal']);
  const asked = team.server.exchanges.slice(before).map((exchange) => exchange.path).filter((path) => path.includes('/vaults/') && path.includes('/sync'));
  assert.ok(asked.length > 0 && asked.every((path) => !/after=0/.test(path)), asked.join(' '));
  await row(page, 'orchard-gate').click();
  await account(page, 'gate-keeper').getByRole('button', { name: 'Show Password' }).click();
  await account(page, 'gate-keeper').getByText('seven quiet apple crates').waitFor();
});

step('what was kept is as new as what was shown last', async () => {
  await written(page, () => addResource(page, { Name: team.secret('orchard-yard.internal') }));
  await lock();
  await team.server.disconnect();
  await unlock(page);
  await banner().waitFor();
  await eventually(() => listed(page), [...both, 'orchard-well.internal', 'orchard-yard.internal']);
  await team.server.reconnect();
  await banner().waitFor({ state: 'detached', timeout: 40_000 });
});

step('what was damaged is fetched whole', async () => {
  const expected = [...both, 'orchard-well.internal', 'orchard-yard.internal'];
  for (const part of ['/000', 'manifest']) {
    await lock();
    await damage(page, part);
    const before = team.server.exchanges.length;
    await unlock(page);
    await eventually(() => listed(page), expected);
    const asked = team.server.exchanges.slice(before).map((exchange) => exchange.path);
    assert.ok(asked.some((path) => /after=0/.test(path)), `${part}: ${asked.join(' ')}`);
    const name = `orchard-${part.replace('/', 'z')}.internal`;
    await written(page, () => addResource(page, { Name: team.secret(name) }));
    expected.push(name);
    expected.sort();
  }
  // Without the server there is then nothing to open.
  await lock();
  await damage(page, 'manifest');
  await cut();
  await unlock(page);
  await page.getByRole('alert').filter({ hasText: 'The server cannot be reached' }).waitFor();
  await mend();
  await unlock(page);
  await inside(page);
});

step('nothing is kept where the person does not want it', async () => {
  await openSettings(page);
  await page.getByLabel('Keep the catalog in this browser').uncheck();
  await eventually(() => names(page), ['off']);
  await page.getByRole('region', { name: 'Settings' }).getByRole('link', { name: 'Close' }).click();
  await addResource(page, { Name: team.secret('orchard-shed.internal') });
  await lock();
  await cut();
  await unlock(page);
  await page.getByRole('alert').filter({ hasText: 'The server cannot be reached' }).waitFor();
  await mend();
  await unlock(page);
  await openSettings(page);
  assert.deepEqual(await names(page), ['off']);
  await page.getByLabel('Keep the catalog in this browser').check();
  await settled(page);
});

step('a forgotten browser keeps nothing', async () => {
  await page.getByRole('button', { name: 'Forget this browser' }).click();
  await page.getByRole('heading', { name: 'Welcome to Sealward' }).waitFor();
  await eventually(() => records(page, 'sealward-catalog'), []);
  await signInWithKit(page, team.kit);
  await inside(page);
  await settled(page);
});

step('a password that was changed opens nothing here any more', async () => {
  const identity = async () => JSON.stringify((await records(page, 'sealward-catalog')).filter(([key]) => key.endsWith('/identity')));
  const before = await identity();
  await openSettings(page);
  await page.getByRole('button', { name: 'Change password' }).click();
  await dialog(page).getByLabel('Present password').fill(team.kit.password);
  await dialog(page).getByLabel('New password').fill(team.secret(newPassword));
  await dialog(page).getByText('Strong').waitFor();
  await dialog(page).getByRole('button', { name: 'Change password' }).click();
  await toast(page, 'Password changed').waitFor();
  await eventually(async () => (await identity()) !== before, true);
  await lock();
  await cut();
  await unlock(page, team.kit.password);
  await page.getByRole('alert').filter({ hasText: 'this password does not open what this browser keeps' }).waitFor();
  await unlock(page, newPassword);
  await banner().waitFor();
  await mend();
  await page.getByRole('button', { name: 'Try now' }).click();
  await banner().waitFor({ state: 'detached', timeout: 40_000 });
});

step('the app itself starts without the server', async () => {
  const device = await team.openDevice({ offline: true });
  device.expect(/ERR_|Failed to load resource|Failed to fetch/);
  const tablet = await device.open('/');
  await signInWithKit(tablet, { ...team.kit, password: newPassword });
  await inside(tablet);
  await settled(tablet);
  await tablet.evaluate(() => navigator.serviceWorker.ready.then(() => null));
  await team.server.disconnect();
  await tablet.reload();
  await unlock(tablet, newPassword);
  await tablet.getByRole('status').filter({ hasText: kept }).waitFor();
  await eventually(async () => (await listed(tablet)).includes('orchard-gate.internal'), true);
  await team.server.reconnect();
  await tablet.getByRole('button', { name: 'Try now' }).click();
  await tablet.getByRole('status').filter({ hasText: kept }).waitFor({ state: 'detached', timeout: 40_000 });
});

step('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
