// A guarded secret asked for, approved, checked out and in, by three people in three browsers.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkAccess, narrow, wide } from './harness/browser.js';
import { account, addResource, dialog, eventually, fill, inside, readKit, row, save, toast, typeKitBack } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const pictures = fileURLToPath(new URL('../../target/screenshots/', import.meta.url));
const password = 'first floor, second rack';
const changed = 'third floor, ninth rack';
let team;
let page;
let li;
let sun;
before(async () => {
  await mkdir(pictures, { recursive: true });
  team = await startTeam();
  page = team.page;
  team.owner.expect(/status of 4\d\d/);
  await addResource(page, { Name: team.secret('core-router-5.internal'), 'User name': team.secret('router-admin'), Password: team.secret(password) });
  await page.getByRole('link', { name: 'People' }).click();
  // Second factors are a story of their own.
  await button(page.getByRole('region', { name: 'People' }), 'Change').click();
  await dialog(page).getByLabel('Second factor to reveal').selectOption({ label: 'Never' });
  await save(page);
  [li, sun] = [await join('li.na'), await join('sun.wei')];
});
afterEach((test) => team.check(test));
after(() => team?.close());

const requests = (window) => window.getByRole('region', { name: 'Requests' });
const list = (window, name) => requests(window).getByRole('list', { name, exact: true }).getByRole('listitem');
const card = (window, name) => list(window, name).filter({ hasText: 'router-admin' }).first();
const router = (window) => account(window, 'router-admin');
const button = (part, name) => part.getByRole('button', { name, exact: true });

async function join(login) {
  await page.getByRole('button', { name: 'Invite someone' }).click();
  await dialog(page).getByRole('combobox').first().selectOption({ label: 'User' });
  await button(dialog(page), 'Make the link').click();
  const link = await dialog(page).locator('.invitation-link').textContent();
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  const device = await team.openDevice();
  device.expect(/status of 4\d\d/);
  const window = await device.open(link);
  const secret = 'seven ladders in the harbour';
  await window.getByLabel('Login name').fill(login);
  await window.getByLabel('Password', { exact: true }).fill(secret);
  await button(window, 'Join').click();
  await typeKitBack(window, team.knowsKit({ ...(await readKit(window)), login, password: secret, team: '', person: '' }));
  await inside(window);
  return window;
}

async function openRouter(window) {
  await window.getByRole('treeitem', { name: /All resources/ }).click();
  await row(window, 'core-router-5').click();
  await router(window).waitFor();
}

async function openRequests(window) {
  await window.getByRole('link', { name: /^Requests/ }).click();
  await requests(window).getByRole('heading', { name: /^To approve/ }).waitFor();
}

async function ask(window, reason) {
  await button(router(window), 'Ask for it').click();
  await dialog(window).getByLabel('Reason').fill(team.secret(reason));
  await button(dialog(window), 'Ask').click();
  await dialog(window).waitFor({ state: 'detached' });
}

async function policyOf(change) {
  await router(page).getByRole('button', { name: 'More for this account' }).click();
  await page.getByRole('menuitem', { name: 'Approval policy of the account' }).click();
  await dialog(page).getByLabel('What holds here').selectOption('A policy of its own');
  await change(dialog(page));
  await save(page);
}

// What is on the screen in each theme and at each width.
async function look(window, place) {
  for (const [theme, viewport] of [['light', wide], ['dark', wide], ['light', narrow], ['dark', narrow]]) {
    await window.setViewportSize(viewport);
    await window.emulateMedia({ colorScheme: theme });
    const width = await window.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= viewport.width, `${place}: ${width} px at a width of ${viewport.width}`);
    await checkAccess(window, `${place}, ${theme}, ${viewport.width} px`);
    await window.screenshot({ path: `${pictures}${place}-${theme}-${viewport.width}.png` });
  }
  await window.setViewportSize(wide);
  await window.emulateMedia({ colorScheme: 'light' });
}

step('nobody sees anything of requests where nothing is guarded', async () => {
  await openRouter(li);
  await button(router(li), 'Show password').waitFor();
  assert.equal(await li.getByRole('link', { name: /^Requests/ }).count(), 0);
  assert.equal(await button(li, 'Ask for it').count(), 0);
});

step('a second custodian, and an account whose secret takes an approval', async () => {
  await openRouter(page);
  await page.getByRole('treeitem', { level: 1 }).last().click();
  await page.getByRole('region', { name: 'Resources' }).getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Access…' }).click();
  await dialog(page).getByLabel('Role of sun.wei').selectOption({ label: 'Custodian' });
  await toast(page, 'Saved').waitFor();
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await openRouter(page);
  await policyOf(async (form) => {
    await form.getByLabel('Approvals before a secret is given').selectOption('One approval');
    await form.getByLabel('Reason').selectOption('Required');
    await form.getByLabel('To be changed after each use').check();
    await look(page, 'lease-policy');
  });
  await router(li).getByText('it takes an approval of somebody else').waitFor();
  assert.equal(await button(router(li), 'Show password').count(), 0);
});

step('asked with a reason; the custodians see it at once, and one approves', async () => {
  await button(router(li), 'Ask for it').click();
  await look(li, 'ask');
  await button(dialog(li), 'Cancel').click();
  await ask(li, 'the uplink in rack two is down');
  await router(li).getByText('0 of 1 approvals.').waitFor();
  await page.getByRole('link', { name: /^Requests.*1 wait for you/ }).waitFor();
  await openRequests(page);
  await card(page, 'To approve').getByText('the uplink in rack two is down').waitFor();
  await card(page, 'To approve').getByText(/li\.na/).waitFor();
  await look(page, 'requests');
  await card(page, 'To approve').getByLabel('Comment (optional)').fill(team.secret('call me when you are done'));
  await button(card(page, 'To approve'), 'Approve').click();
  await toast(page, 'Approved').waitFor();
});

step('checked out it is shown, and others see who has it', async () => {
  await button(router(li), 'Check out').click();
  await button(router(li), 'Show password').click();
  await router(li).getByText(password).waitFor();
  await list(page, 'In use now').filter({ hasText: 'li.na' }).waitFor();
  await look(li, 'lease');
});

step('checked in it is hidden, and to be changed until it is', async () => {
  await button(router(li), 'Check in').click();
  await eventually(() => router(li).getByText(password).count(), 0);
  assert.equal(await button(router(li), 'Show password').count(), 0);
  await list(page, 'To be changed').filter({ hasText: 'router-admin' }).waitFor();
  await openRouter(page);
  await router(page).getByText(/What was seen cannot be unseen/).waitFor();
  await button(router(page), 'Change it now').click();
  await button(dialog(page), 'Replace').click();
  await fill(dialog(page), { Password: team.secret(changed) });
  await save(page);
  await router(page).getByText(/What was seen cannot be unseen/).waitFor({ state: 'detached' });
});

step('a rejection says by whom and why', async () => {
  await ask(li, 'just to have a look at it');
  await openRequests(sun);
  await card(sun, 'To approve').getByLabel('Comment (optional)').fill(team.secret('not without a ticket'));
  await button(card(sun, 'To approve'), 'Reject').click();
  await toast(sun, 'Rejected').waitFor();
  await button(router(li), 'Ask for it').waitFor();
  await openRequests(li);
  await requests(li).getByText('History', { exact: true }).click();
  await card(li, 'My earlier requests').getByText('not without a ticket').waitFor();
  await openRouter(li);
});

step('one at a time: even a custodian waits, and one may check in by force', async () => {
  await openRouter(page);
  await policyOf(async (form) => {
    await form.getByLabel('One person at a time, owners included').check();
  });
  await ask(li, 'the second uplink is down as well');
  await openRequests(page);
  await button(card(page, 'To approve'), 'Approve').click();
  await button(router(li), 'Check out').click();
  await button(router(li), 'Check in').waitFor();
  await openRouter(sun);
  await router(sun).getByText(/In use by li\.na until/).waitFor();
  await button(router(sun), 'Ask for it').click();
  await dialog(sun).getByText('you would be number 1 in the queue').waitFor();
  await button(dialog(sun), 'Cancel').click();
  await button(list(page, 'In use now').filter({ hasText: 'li.na' }), 'Check in by force').click();
  await button(router(li), 'Ask for it').waitFor();
});

step('who is suspended with a secret has it no more', async () => {
  await ask(li, 'the third uplink is down, too');
  await button(card(page, 'To approve'), 'Approve').click();
  await button(router(li), 'Check out').click();
  await list(page, 'In use now').filter({ hasText: 'li.na' }).waitFor();
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('listitem').filter({ hasText: 'li.na' }).getByRole('button', { name: 'More for li.na' }).click();
  await page.getByRole('menuitem', { name: 'Suspend' }).click();
  await button(dialog(page), 'Suspend').click();
  await dialog(page).waitFor({ state: 'detached' });
  await openRequests(page);
  await eventually(() => list(page, 'In use now').filter({ hasText: 'li.na' }).count(), 0);
});

step('the server has seen neither secret, reason nor comment', async () => {
  await team.checkRemains();
});
