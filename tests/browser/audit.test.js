// Two people and what is written down of them: read, filtered, looked into, checked, taken out; and who could open what.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before } from 'node:test';
import { checkAccess } from './harness/browser.js';
import { account, addResource, dialog, eventually, inside, readKit, row, save, typeKitBack } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const secret = 'seven ladders in the harbour';
let team;
let page;
let li;
let kit;
before(async () => {
  team = await startTeam();
  page = team.page;
  await addResource(page, { Name: team.secret('core-router-5.internal'), 'User name': team.secret('router-admin'), Password: team.secret('first floor, second rack') });
});
afterEach((test) => team.check(test));
after(() => team?.close());

const audit = (window = page) => window.getByRole('region', { name: 'Audit', exact: true });
const events = (window = page) => audit(window).locator('tbody tr');
const event = (text, window = page) => events(window).filter({ hasText: text });

async function openAudit(window = page) {
  await window.getByRole('link', { name: 'Audit', exact: true }).click();
  await events(window).first().waitFor();
}

async function closeDialog(window = page) {
  await dialog(window).getByRole('button', { name: 'Close' }).last().click();
  await dialog(window).waitFor({ state: 'detached' });
}

async function download(item) {
  await audit().getByRole('button', { name: 'Export', exact: true }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: item }).click()]);
  return { name: file.suggestedFilename(), text: (await readFile(await file.path())).toString() };
}

step('an owner invites somebody who opens a secret', async () => {
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('button', { name: 'Invite someone' }).click();
  await dialog(page).getByRole('combobox').first().selectOption({ label: 'User' });
  await dialog(page).getByRole('button', { name: 'Make the link' }).click();
  const link = await dialog(page).locator('.invitation-link').textContent();
  team.secret(link.split('#')[1]);
  await closeDialog();
  const device = await team.openDevice();
  device.expect(/status of 4\d\d/);
  li = await device.open(link);
  await li.getByLabel('Login name').fill('li.na');
  await li.getByLabel('Password', { exact: true }).fill(secret);
  await li.getByRole('button', { name: 'Join' }).click();
  kit = team.knowsKit({ ...(await readKit(li)), login: 'li.na', password: secret, team: '', person: '' });
  await typeKitBack(li, kit);
  await inside(li);
  await row(li, 'core-router-5').click();
  await account(li, 'router-admin').getByRole('button', { name: 'Show password' }).click();
  await li.getByText('first floor, second rack').waitFor();
});

step('the audit says who did what, with the names that the owner sees', async () => {
  await openAudit();
  await event('Secret of core-router-5.internal / router-admin opened').filter({ hasText: 'li.na' }).first().waitFor();
  await event('li.na joined').first().waitFor();
  await event('Signed in').filter({ hasText: 'Server’s word' }).first().waitFor();
  await checkAccess(page, 'the audit');
});

step('new events appear by themselves', async () => {
  const before = await event('opened').count();
  await account(li, 'router-admin').getByRole('button', { name: /Copy password/ }).click();
  await eventually(() => event('opened').count(), before + 1);
});

step('an event shows the statement behind it', async () => {
  await event('Secret of core-router-5').first().getByRole('button').click();
  await dialog(page).getByText('Signed by li.na, checked').waitFor();
  await checkAccess(page, 'an event');
  await closeDialog();
  await event('Signed in').first().getByRole('button').click();
  await dialog(page).getByText(/nobody signs for this/).waitFor();
  await closeDialog();
});

step('filters narrow it down', async () => {
  await audit().getByLabel('Kind').selectOption('Opened secrets');
  await eventually(() => event('Signed in').count(), 0);
  assert.ok(await event('opened').count() >= 2);
  await audit().getByLabel('Who', { exact: true }).selectOption('mara.lindqvist');
  await audit().getByText('No event fits these filters.').waitFor();
  await audit().getByLabel('Who', { exact: true }).selectOption('All');
  await audit().getByLabel('From day').fill('2020-01-02');
  await audit().getByLabel('To day').fill('2020-01-01');
  await audit().getByText('The last day is before the first.').waitFor();
  await audit().getByLabel('To day').fill('2020-01-03');
  await audit().getByText('No event fits these filters.').waitFor();
  await audit().getByLabel('From day').fill('');
  await audit().getByLabel('To day').fill('');
  await audit().getByLabel('Kind').selectOption('All');
  await event('Signed in').first().waitFor();
});

step('the whole chain is checked', async () => {
  await audit().getByRole('button', { name: 'Check whole chain' }).click();
  await dialog(page).getByText(/The chain is whole: \d+ events checked\./).waitFor();
  await checkAccess(page, 'the check');
  await closeDialog();
});

step('a file holds what the page shows', async () => {
  const sheet = await download('As a sheet (CSV)');
  assert.match(sheet.name, /^audit-\d{4}-\d\d-\d\d\.csv$/);
  assert.ok(sheet.text.startsWith('\u{feff}"Number","Time","Member","Address","Act"'));
  assert.match(sheet.text, /"li\.na","127\.0\.0\.1","secret_released","[^"]+","core-router-5\.internal \/ router-admin","","signed","li\.na"/);
  const json = JSON.parse((await download('For programs (JSON)')).text);
  assert.equal(json[0].number, 1);
  assert.equal(json[0].what.act, 'team_created');
  assert.ok(json.some((listed) => listed.login_name === 'li.na' && listed.what.act === 'secret_released' && listed.basis === 'signed'));
});

step('a member sees what they did themselves', async () => {
  await openAudit(li);
  await li.getByText('You see what you did yourself.').waitFor();
  assert.equal(await event('Team created', li).count(), 0);
  await event('Secret of core-router-5', li).first().waitFor();
  await audit(li).getByRole('button', { name: 'Check whole chain' }).click();
  await dialog(li).getByText(/events of yours rest on what they say/).waitFor();
  await closeDialog(li);
});

step('an account says who could open it, and what happened to it', async () => {
  await page.getByRole('treeitem', { name: /All resources/ }).click();
  await row(page, 'core-router-5').click();
  const more = () => account(page, 'router-admin').getByRole('button', { name: /More/ }).click();
  await more();
  await page.getByRole('menuitem', { name: 'Who could open this' }).click();
  const holders = dialog(page).getByRole('listitem');
  await eventually(() => holders.locator('.row-name').allInnerTexts().then((names) => names.toSorted()), ['li.na', 'mara.lindqvist']);
  await checkAccess(page, 'who could open it');
  await closeDialog();
  await more();
  await page.getByRole('menuitem', { name: 'Events of this account' }).click();
  await event('opened').first().waitFor();
  assert.equal(await event('Signed in').count(), 0);
  await audit().getByRole('button', { name: /Only one object/ }).click();
  await event('Signed in').first().waitFor();
});

step('what a person could open is listed by day', async () => {
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('button', { name: 'More for li.na' }).click();
  await page.getByRole('menuitem', { name: 'What they could open…' }).click();
  await dialog(page).getByText('core-router-5.internal / router-admin').waitFor();
  await checkAccess(page, 'what somebody could open');
  await dialog(page).getByLabel('Day').fill('2020-01-01');
  await dialog(page).getByText('Nothing that you see.').waitFor();
  await closeDialog();
});

step('whoever leaves exposes what they could open, until it is changed', async () => {
  await page.getByRole('link', { name: 'Audit', exact: true }).click();
  await audit().getByRole('link', { name: 'Exposed secrets' }).click();
  const exposed = page.getByRole('region', { name: 'Exposed secrets' });
  await exposed.getByText(/^No secret is exposed/).waitFor();
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('button', { name: 'More for li.na' }).click();
  await page.getByRole('menuitem', { name: 'Remove from the team' }).click();
  await dialog(page).getByRole('button', { name: 'Remove from the team', exact: true }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await openAudit();
  await audit().getByRole('link', { name: 'Exposed secrets' }).click();
  const line = exposed.getByRole('listitem').filter({ hasText: 'router-admin' });
  await line.filter({ hasText: 'li.na' }).waitFor();
  await checkAccess(page, 'exposed secrets');
  await line.getByRole('button').click();
  await account(page, 'router-admin').getByRole('button', { name: 'Edit account' }).click();
  await dialog(page).getByRole('button', { name: 'Replace' }).click();
  await dialog(page).getByLabel('Password', { exact: true }).fill(team.secret('second floor, third rack'));
  await save(page);
  await page.getByRole('treeitem', { name: /^Health/ }).click();
  await page.getByRole('link', { name: 'Exposed secrets' }).click();
  await exposed.getByText(/^No secret is exposed/).waitFor();
  await openAudit();
  await event('li.na removed from the team').first().waitFor();
});

step('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
