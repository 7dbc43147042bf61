// Who the members are: profiles of two people in two browsers, members searched, and a group that asks for a vault.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess, narrow, wide } from './harness/browser.js';
import { addResource, dialog, eventually, fill, inside, openSettings, readKit, row, save, toast, typeKitBack } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const secret = 'seven ladders in the harbour';
let team;
let page;
let li;
let vault;
before(async () => {
  team = await startTeam();
  page = team.page;
  team.owner.expect(/status of 40/);
  vault = (await page.getByRole('treeitem', { level: 1 }).last().getAttribute('aria-label')) ?? '';
  await addResource(page, { Name: team.secret('core-router-5.internal'), 'User name': team.secret('router-admin'), Password: team.secret('first floor, second rack') });
});
afterEach((test) => team.check(test));
after(() => team?.close());

const people = (window = page) => window.getByRole('region', { name: 'People' });
const person = (name, window = page) => people(window).getByRole('listitem').filter({ hasText: name });
const access = () => dialog(page).getByRole('list', { name: 'Groups' }).getByRole('listitem');

async function openPeople(window = page) {
  await window.getByRole('link', { name: 'People' }).click();
  await people(window).getByRole('heading', { name: /^Members/ }).waitFor();
}

async function openAccess() {
  await page.getByRole('treeitem', { name: vault || /vault/i }).first().click();
  await page.getByRole('region', { name: 'Resources' }).getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Access…' }).click();
  await dialog(page).getByText(/gives nobody anything by itself/).waitFor();
}

async function close(window = page) {
  await dialog(window).getByRole('button', { name: 'Close' }).last().click();
  await dialog(window).waitFor({ state: 'detached' });
}

step('somebody joins without any vault', async () => {
  await openPeople();
  await people().getByRole('button', { name: 'Invite someone' }).click();
  await dialog(page).getByRole('combobox').first().selectOption({ label: 'No access' });
  await dialog(page).getByRole('button', { name: 'Make the link' }).click();
  const link = await dialog(page).locator('.invitation-link').textContent();
  team.secret(link.split('#')[1]);
  await close();
  const device = await team.openDevice();
  device.expect(/status of 4\d\d/);
  li = await device.open(link);
  await li.getByLabel('Login name').fill('li.na');
  await li.getByLabel('Password', { exact: true }).fill(secret);
  await li.getByRole('button', { name: 'Join' }).click();
  const kit = team.knowsKit({ ...(await readKit(li)), login: 'li.na', password: secret, team: '', person: '' });
  await typeKitBack(li, kit);
  await inside(li);
  await person('li.na').waitFor();
});

step('a profile is written in the settings, and the others see it at once', async () => {
  await openSettings(li);
  await li.getByRole('button', { name: 'Edit profile' }).click();
  await checkAccess(li, 'the form of a profile');
  await fill(dialog(li), { 'Full name': team.secret('Li Na 李娜'), 'E-mail': 'not an address' });
  await dialog(li).getByRole('button', { name: 'Save' }).click();
  await dialog(li).getByRole('alert').filter({ hasText: 'no e-mail address' }).waitFor();
  await fill(dialog(li), { 'E-mail': team.secret('li.na.canary@example.org'), Telephone: team.secret('+86 10 5555 0101'), Department: team.secret('Operations canary'), Location: team.secret('Beijing canary'), Description: team.secret('Keeps the routers going') });
  await dialog(li).getByText('More fields').click();
  await dialog(li).getByLabel('Further telephones').fill('Mobile');
  await dialog(li).getByText('Line 1 needs a label').waitFor();
  await dialog(li).getByLabel('Further telephones').fill(`Mobile: ${team.secret('+86 139 5555 0102')}`);
  await dialog(li).getByLabel('Further fields').fill(`Desk: ${team.secret('window seat seven')}`);
  await fill(dialog(li), { 'External ID': team.secret('u-canary-1906'), 'Type of external ID': team.secret('ldap-canary'), UUID: team.secret('any-canary-uuid') });
  await save(li);
  await person('li.na').getByText('Li Na 李娜').waitFor();
  await person('li.na').getByRole('button', { name: 'li.na', exact: true }).click();
  for (const text of ['Operations canary', 'li.na.canary@example.org', '+86 139 5555 0102', 'window seat seven', 'Written by li.na, version 1.', 'Beijing canary']) {
    await dialog(page).getByText(text).first().waitFor();
  }
  await dialog(page).getByRole('heading', { name: 'li.na', exact: true }).waitFor();
  await checkAccess(page, 'a member');
});

step('the owner edits it, and who was slower is told', async () => {
  await li.getByRole('button', { name: 'Edit profile' }).click();
  await dialog(li).getByLabel('Location').fill('somewhere');
  await dialog(page).getByRole('button', { name: 'Edit profile' }).click();
  await dialog(page).getByLabel('Location').fill(team.secret('Shanghai canary'));
  await save(page);
  await dialog(li).getByRole('button', { name: 'Save' }).click();
  await dialog(li).getByRole('alert').filter({ hasText: /changed/ }).waitFor();
  await dialog(li).getByRole('button', { name: 'Cancel' }).click();
  await person('li.na').getByRole('button', { name: 'li.na', exact: true }).click();
  await dialog(page).getByText('Written by mara.lindqvist, version 2.').waitFor();
  await close();
});

step('members are searched, filtered and sorted', async () => {
  const list = people().locator('.people').first().getByRole('listitem');
  const search = people().getByLabel('Search members');
  await search.fill('shanghai');
  await eventually(() => list.count(), 1);
  await person('li.na').waitFor();
  await search.fill('nobody of that name');
  await people().getByText('Nobody fits.').waitFor();
  await search.fill('');
  await people().getByLabel('Role').selectOption('Owner');
  await eventually(() => list.count(), 1);
  await people().getByLabel('Role').selectOption('All roles');
  await people().getByLabel('Department').selectOption('Operations canary');
  await eventually(() => list.count(), 1);
  await people().getByLabel('Department').selectOption('All departments');
  await people().getByLabel('Sort by').selectOption('Newest first');
  await eventually(() => list.first().locator('.row-name').innerText(), 'li.na');
});

step('a group is made with its members', async () => {
  await people().getByRole('button', { name: 'New group' }).click();
  await fill(dialog(page), { Name: team.secret('Night shift canary'), Description: team.secret('Whoever is awake') });
  await dialog(page).getByRole('checkbox', { name: /li\.na/ }).check();
  await checkAccess(page, 'the form of a group');
  await save(page);
  await people().getByRole('list', { name: 'Groups' }).getByText('Asks for nothing in any vault').waitFor();
  await checkAccess(page, 'people with a group');
});

step('it asks for a vault, and has nothing until a custodian gives it', async () => {
  await openAccess();
  await dialog(page).getByLabel('Group', { exact: true }).selectOption('Night shift canary');
  await dialog(page).getByLabel('Should be').selectOption('User');
  await dialog(page).getByRole('button', { name: 'Ask', exact: true }).click();
  await access().getByText('Should be User: li.na').waitFor();
  await checkAccess(page, 'what a group asks for');
  assert.equal(await li.getByRole('treeitem', { name: vault, exact: true }).count(), 0);
  await close();
  await openPeople();
  await people().getByText(/^To decide for groups in .*: 1\.$/).waitFor();
  await people().getByRole('button', { name: 'Decide' }).click();
  await access().getByRole('button', { name: 'Give to 1' }).click();
  await toast(page, 'Given').waitFor();
  await access().getByText('Everyone in it has this role').waitFor();
  await li.getByRole('link', { name: 'Close' }).first().click();
  await row(li, 'core-router-5').waitFor();
});

step('who leaves the group keeps what it brought until that is taken', async () => {
  await close();
  await people().getByRole('button', { name: 'More for Night shift canary' }).click();
  await page.getByRole('menuitem', { name: 'Edit group' }).click();
  await dialog(page).getByRole('checkbox', { name: /li\.na/ }).uncheck();
  await save(page);
  await row(li, 'core-router-5').waitFor();
  await people().getByRole('button', { name: 'Decide' }).click();
  await dialog(page).getByText('User, brought only by a group').waitFor();
  await checkAccess(page, 'what a group brings no more');
  await dialog(page).getByRole('button', { name: 'Take it away' }).click();
  await toast(page, 'Taken away').waitFor();
  await eventually(() => li.getByRole('option').filter({ hasText: 'core-router-5' }).count(), 0);
  await close();
});

step('in Chinese and on a narrow screen nothing is cut off', async () => {
  for (const viewport of [narrow, wide]) {
    await page.setViewportSize(viewport);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= viewport.width, `${width} px at a width of ${viewport.width}`);
    await checkAccess(page, `people at ${viewport.width} px`);
  }
  await openSettings(page);
  await page.getByLabel('Language').selectOption('简体中文');
  await page.getByRole('heading', { name: '您的个人资料' }).waitFor();
  await page.getByRole('link', { name: '成员' }).click();
  const chinese = page.getByRole('region', { name: '成员' });
  await chinese.getByLabel('搜索成员').fill('李娜');
  await chinese.getByText('li.na').first().waitFor();
  await page.setViewportSize(narrow);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= narrow.width, `${width} px`);
  await checkAccess(page, '成员');
  await page.setViewportSize(wide);
});

step('the server has seen nothing of it', () => team.checkRemains());
