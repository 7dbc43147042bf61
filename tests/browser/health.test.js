// The report on the health of all secrets: its figures over data written by hand, its links, and that it asks for nothing.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkAccess, narrow, wide } from './harness/browser.js';
import { account, addResource, addVault, dialog, eventually, fill, inside, node, rows, save, shown, unlock } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const pictures = fileURLToPath(new URL('../../target/screenshots/', import.meta.url));
let team;
let page;
before(async () => {
  await mkdir(pictures, { recursive: true });
  team = await startTeam();
  page = team.page;
});
afterEach((test) => team.check(test));
after(() => team?.close());

const listed = () => rows(page).locator('.row-name').allTextContents();
const health = () => page.getByRole('region', { name: 'Health', exact: true });
const figures = () => health().locator('.health-card').evaluateAll((all) => Object.fromEntries(all.map((card) => [card.querySelector('.card-top').innerText, card.querySelector('strong').innerText])));

step('without accounts there is nothing to look after', async () => {
  await node(page, 'Health').click();
  await health().getByText('Nothing to look after yet').waitFor();
  await checkAccess(page, 'the report without accounts');
});

step('where all is well it says so', async () => {
  await node(page, /Main vault/).click();
  await addResource(page, { Name: 'gamma-db', Type: 'Database', 'User name': 'reader', Password: 'umbrella canyon 47 velvet orbit' });
  await node(page, 'Health').click();
  await health().getByText('Everything is in order').waitFor();
  await health().getByRole('img', { name: '100 of 100 points' }).waitFor();
  await eventually(figures, { Weak: '0', Reused: '0', Old: '0', Expired: '0', 'Expires soon': '0', 'No secret': '0' });
  await checkAccess(page, 'the report where all is well');
  await page.screenshot({ path: `${pictures}health-good-en-light-1440.png` });
});

step('it counts what there is to do', async () => {
  await node(page, /Main vault/).click();
  await addResource(page, { Name: 'alpha-web', Type: 'Linux', 'User name': 'root', Password: 'password1' });
  await addResource(page, { Name: 'delta-site', Type: 'Website', 'User name': 'editor' });
  await account(page, 'editor').getByRole('button', { name: 'Edit account' }).click();
  await fill(dialog(page), { 'Valid until': '2020-01-31' });
  await save(page);
  await addVault(page, 'Branch office');
  for (const name of ['printer-one', 'printer-two']) await addResource(page, { Name: name, Type: 'Network device', 'User name': `${name}-admin`, Password: 'glacier nine tulip harbour 3' });
  await node(page, 'Health').click();
  await eventually(figures, { Weak: '1', Reused: '2', Old: '0', Expired: '1', 'Expires soon': '0', 'No secret': '1' });
  // Five accounts lose 100, 50 (expired, the worst of two faults), 70 and 70 of 500: 42 are left.
  await health().getByRole('img', { name: '42 of 100 points' }).first().waitFor();
  const finding = (name) => health().getByRole('region', { name, exact: true });
  await finding('Weak').getByRole('button', { name: /alpha-web/ }).waitFor();
  assert.equal(await finding('Reused').getByRole('listitem').count(), 2);
  await finding('Expired').getByRole('button', { name: /delta-site/ }).waitFor();
  assert.equal(await finding('Old').count(), 0);
  // By vault: the branch office has two of 70 lost, the main vault 150 of 300.
  const vaults = await health().locator('.vault-health').evaluateAll((all) => all.map((line) => [line.querySelector('a').innerText, line.querySelector('strong').innerText]));
  assert.deepEqual(vaults, [['Branch office', '30'], ['Main vault', '50']]);
});

step('its figures lead to the accounts that they count', async () => {
  await health().locator('.health-card').filter({ hasText: 'Reused' }).click();
  await page.getByRole('heading', { name: 'All resources' }).waitFor();
  await eventually(listed, ['printer-one', 'printer-two']);
  await page.getByRole('button', { name: 'Remove filter: Reused' }).waitFor();
  await page.goBack();
  await health().getByRole('region', { name: 'Weak', exact: true }).getByRole('button', { name: /alpha-web/ }).click();
  await shown(page, 'alpha-web');
  await page.goBack();
  await health().locator('.vault-health').filter({ hasText: 'Main vault' }).getByRole('button', { name: /Expired/ }).click();
  await page.getByRole('heading', { name: 'Main vault' }).waitFor();
  await eventually(listed, ['delta-site']);
});

step('nothing is asked of the server, and no secret is released', async () => {
  const asked = () => team.server.exchanges.filter((exchange) => !exchange.path.includes('/events'));
  const releases = () => team.server.exchanges.filter((exchange) => /release/.test(exchange.path)).length;
  await node(page, /All resources/).click();
  await eventually(async () => (await listed()).length, 5);
  const before = asked().length;
  await node(page, 'Health').click();
  await eventually(figures, { Weak: '1', Reused: '2', Old: '0', Expired: '1', 'Expires soon': '0', 'No secret': '1' });
  await health().locator('.health-card').filter({ hasText: 'Weak' }).click();
  await eventually(listed, ['alpha-web']);
  await page.goBack();
  await health().getByRole('region', { name: 'Weak', exact: true }).waitFor();
  assert.deepEqual(asked().slice(before).map((exchange) => `${exchange.method} ${exchange.path}`), []);
  assert.equal(releases(), 0);
  // The control: a secret that is shown is one more request, and a release.
  await health().getByRole('region', { name: 'Weak', exact: true }).getByRole('button', { name: /alpha-web/ }).click();
  await shown(page, 'alpha-web');
  await page.getByRole('button', { name: 'Show password' }).click();
  await page.locator('.secret-shown').waitFor();
  assert.ok(asked().length > before);
  assert.equal(releases(), 1);
});

step('a better password makes the report better at once', async () => {
  await account(page, 'root').getByRole('button', { name: 'Edit account' }).click();
  await dialog(page).getByRole('button', { name: 'Replace' }).click();
  await fill(dialog(page), { Password: 'marble lantern fifty drift 8' });
  await save(page);
  await node(page, 'Health').click();
  await eventually(figures, { Weak: '0', Reused: '2', Old: '0', Expired: '1', 'Expires soon': '0', 'No secret': '1' });
});

for (const [language, locale] of [['en', 'English'], ['zh', '简体中文']]) {
  step(`${language}: the report looks right in both themes and widths`, async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill(locale);
    await page.locator('#hits').getByRole('option', { name: locale }).click();
    await page.locator('.health-hero').waitFor();
    for (const [theme, viewport] of [['light', wide], ['dark', wide], ['light', narrow], ['dark', narrow]]) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme });
      await checkAccess(page, `health, ${language}, ${theme}, ${viewport.width}`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= viewport.width, `${width} px at ${viewport.width}`);
      await page.screenshot({ path: `${pictures}health-${language}-${theme}-${viewport.width}.png`, fullPage: false });
    }
    await page.setViewportSize(wide);
    await page.emulateMedia({ colorScheme: 'light' });
  });
}

step('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
