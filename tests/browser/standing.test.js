// A guarded secret that was approved ahead: made by a custodian, used without asking, withdrawn again.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { look } from './harness/look.js';
import { account, addResource, dialog, eventually, row, save, toast, unlock } from './harness/person.js';
import { button, join } from './harness/requests.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const password = 'second floor, fourth rack';
const lastDay = new Date(Date.now() + 20 * 86_400_000);
let team;
let page;
let li;
before(async () => {
  team = await startTeam();
  page = team.page;
  team.owner.expect(/status of 4\d\d/);
  await addResource(page, { Name: team.secret('core-router-7.internal'), 'User name': team.secret('switch-admin'), Password: team.secret(password) });
  await page.getByRole('link', { name: 'People' }).click();
  // Second factors are a story of their own.
  await button(page.getByRole('region', { name: 'People' }), 'Change').click();
  await dialog(page).getByLabel('Second factor to reveal').selectOption({ label: 'Never' });
  await dialog(page).getByLabel('Time zone').selectOption({ label: 'Australia/Eucla' });
  await save(page);
  li = await join(team, 'li.na');
  await join(team, 'sun.wei');
});
afterEach((test) => team.check(test));
after(() => team?.close());

const requests = (window) => window.getByRole('region', { name: 'Requests' });
const card = (window) => requests(window).getByRole('list', { name: 'Approved ahead', exact: true }).getByRole('listitem').filter({ hasText: 'switch-admin' });
const router = (window) => account(window, 'switch-admin');

async function openRouter(window) {
  await window.getByRole('treeitem', { name: /All resources/ }).click();
  await row(window, 'core-router-7').click();
  await router(window).waitFor();
}

async function more(item) {
  await router(page).getByRole('button', { name: 'More for this account' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

async function openRequests(window) {
  await window.getByRole('link', { name: /^Requests/ }).click();
  await requests(window).getByRole('heading', { name: /^Approved ahead/ }).waitFor();
}

step('a custodian approves ahead for one person, on every day and at every hour', async () => {
  await openRouter(page);
  // There have to be more custodians than approvals.
  await page.getByRole('treeitem', { level: 1 }).last().click();
  await page.getByRole('region', { name: 'Resources' }).getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Access…' }).click();
  await dialog(page).getByLabel('Role of sun.wei').selectOption({ label: 'Custodian' });
  await toast(page, 'Saved').waitFor();
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await openRouter(page);
  await more('Approval policy of the account');
  await dialog(page).getByLabel('What holds here').selectOption('A policy of its own');
  await dialog(page).getByLabel('Approvals before a secret is given').selectOption('One approval');
  await save(page);
  await openRequests(page);
  await requests(page).getByText('Nothing is approved ahead.').waitFor();
  await openRouter(page);
  await more('Approve ahead');
  await dialog(page).getByLabel('For', { exact: true }).selectOption({ label: 'li.na' });
  await dialog(page).getByText('By the clocks of Australia/Eucla.').waitFor();
  await look(page, 'ahead-form');
  await dialog(page).getByLabel('Last day').fill(lastDay.toISOString().slice(0, 10));
  for (const day of ['Sat', 'Sun']) await dialog(page).getByLabel(day).check();
  await dialog(page).getByLabel('From').fill('00:00');
  await dialog(page).getByLabel('To', { exact: true }).fill('00:00');
  await button(dialog(page), 'Approve ahead').click();
  await toast(page, 'Approved ahead').waitFor();
});

step('who it is for checks it out without asking, and the others see it', async () => {
  await openRouter(li);
  await router(li).getByText(/May be checked out without asking until/).waitFor();
  await look(li, 'ahead-account');
  await button(router(li), 'Check out').click();
  await button(router(li), 'Show password').click();
  await router(li).getByText(password).waitFor();
  await openRequests(page);
  await card(page).getByText(/Every day, 00:00–24:00.*Australia\/Eucla, UTC\+08:45/).waitFor();
  await card(page).getByText('1 of 1 approvals.').waitFor();
  await card(page).getByText(lastDay.toLocaleDateString('en', { dateStyle: 'medium', timeZone: 'UTC' }), { exact: true }).waitFor();
  await requests(page).getByRole('list', { name: 'In use now' }).getByRole('listitem').filter({ hasText: 'li.na' }).waitFor();
  await look(page, 'ahead-list');
});

step('checked in and withdrawn, it has to be asked for again', async () => {
  await button(router(li), 'Check in').click();
  await button(router(li), 'Check out').waitFor();
  await button(card(page), 'Withdraw').click();
  await toast(page, 'Withdrawn').waitFor();
  await button(router(li), 'Ask for it').waitFor();
  await eventually(() => button(router(li), 'Check out').count(), 0);
  await eventually(() => card(page).count(), 0);
});

step('without the policy, what was sealed for approvals is still asked for until it is changed', async () => {
  await openRouter(page);
  await more('Approval policy of the account');
  await dialog(page).getByLabel('What holds here').selectOption({ label: 'As around it: nothing is asked' });
  await save(page);
  // Read anew, so that nobody sees what was there before.
  await li.reload();
  await unlock(li, 'seven ladders in the harbour');
  await openRouter(li);
  await button(router(li), 'Ask for it').waitFor();
  assert.equal(await button(router(li), 'Show password').count(), 0);
  await button(router(page), 'Edit account').click();
  await button(dialog(page), 'Replace').click();
  await dialog(page).getByLabel('Password', { exact: true }).fill(team.secret('Another-1-that-is-open'));
  await save(page);
  // What is drawn anew just then is hidden again, and shown by another click.
  await eventually(async () => {
    const show = button(router(li), 'Show password');
    if (await show.count()) await show.click({ timeout: 1_000 }).catch(() => {});
    return router(li).getByText('Another-1-that-is-open').isVisible();
  }, true);
});

step('the server has not seen the secret', async () => {
  await team.checkRemains();
});
