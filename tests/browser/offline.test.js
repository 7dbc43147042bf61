// A server that goes away while someone works, and comes back: said at once, read on, and caught up by itself.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess } from './harness/browser.js';
import { account, addResource, detail, dialog, eventually, fill, inside, row, rows, shown, signInWithKit } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
let team;
let page;
let laptop;
before(async () => {
  team = await startTeam();
  page = team.page;
  await addResource(page, { Name: team.secret('harbour-crane.internal'), 'User name': team.secret('crane-operator'), Password: team.secret('slow tide heavy anchor') });
  await addResource(page, { Name: team.secret('harbour-lights.internal') });
  const device = await team.openDevice();
  laptop = await device.open('/');
  await signInWithKit(laptop, team.kit);
  await inside(laptop);
  for (const one of [team.owner, device]) one.expect(/ERR_|Failed to load resource|Failed to fetch/);
});
afterEach((test) => team.check(test));
after(() => team?.close());

const notice = 'You can read what is here; changes and secrets wait until the connection is back.';
const banner = () => page.getByRole('status').filter({ hasText: notice });
const listed = (window) => rows(window).locator('.row-name').allTextContents();

step('a banner says that the server cannot be reached', async () => {
  await team.server.disconnect();
  await banner().waitFor();
  await checkAccess(page, 'a page without its server');
});

step('what is here can be read', async () => {
  await row(page, 'harbour-crane').click();
  await shown(page, 'harbour-crane.internal');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search' }).fill('harbour-li');
  await eventually(() => page.getByRole('listbox', { name: 'Results' }).getByRole('option').first().locator('.row-name').innerText(), 'harbour-lights.internal');
  await page.keyboard.press('Escape');
});

step('a secret and a change wait, and what was typed stays', async () => {
  await account(page, 'crane-operator').getByRole('button', { name: 'Show Password' }).click();
  await page.locator('.toast').filter({ hasText: 'The server cannot be reached' }).waitFor();
  await detail(page).getByRole('button', { name: 'Edit', exact: true }).click();
  await fill(dialog(page), { Name: team.secret('harbour-crane-two.internal') });
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await dialog(page).getByRole('alert').filter({ hasText: 'The server cannot be reached. Nothing was changed' }).waitFor();
  assert.equal(await dialog(page).getByLabel('Name', { exact: true }).inputValue(), 'harbour-crane-two.internal');
});

step('it comes back by itself, and the same form goes through', async () => {
  await team.server.reconnect();
  await banner().waitFor({ state: 'detached', timeout: 40_000 });
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await shown(page, 'harbour-crane-two.internal');
  await eventually(() => listed(page), ['harbour-crane-two.internal', 'harbour-lights.internal']);
});

step('what others changed meanwhile is caught up', async () => {
  await eventually(() => listed(laptop), ['harbour-crane-two.internal', 'harbour-lights.internal'], 40_000);
  // The laptop alone stays cut off.
  await laptop.context().route('**/v1/**', (route) => route.abort('connectionrefused'));
  await team.server.disconnect();
  await laptop.getByText(notice).waitFor();
  await team.server.reconnect();
  await page.getByRole('button', { name: 'Try now' }).click();
  await banner().waitFor({ state: 'detached' });
  await addResource(page, { Name: team.secret('harbour-radio.internal') });
  await laptop.getByText(notice).waitFor();
  await laptop.context().unroute('**/v1/**');
  await eventually(() => listed(laptop), ['harbour-crane-two.internal', 'harbour-lights.internal', 'harbour-radio.internal'], 40_000);
});

step('a server that was started anew goes on where it was', async () => {
  await team.server.restart();
  await banner().waitFor({ state: 'detached', timeout: 40_000 });
  await addResource(page, { Name: team.secret('harbour-tower.internal') });
  await eventually(() => listed(laptop), ['harbour-crane-two.internal', 'harbour-lights.internal', 'harbour-radio.internal', 'harbour-tower.internal'], 40_000);
});

step('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
