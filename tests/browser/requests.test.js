// A guarded secret asked for, approved, checked out and in, by three people in three browsers.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { look } from './harness/look.js';
import { dialog, eventually, toast } from './harness/person.js';
import { ask, button, card, list, makeCustodians, openRequests, openRouter, password, policyOf, requests, router, startRequests } from './harness/requests.js';
import { story } from './harness/story.js';

const step = story();
let team;
let page;
let li;
let sun;
before(async () => {
  ({ team, page, li, sun } = await startRequests());
});
afterEach((test) => team.check(test));
after(() => team?.close());

step('nobody sees anything of requests where nothing is guarded', async () => {
  await openRouter(li);
  await button(router(li), 'Show password').waitFor();
  assert.equal(await li.getByRole('link', { name: /^Requests/ }).count(), 0);
  assert.equal(await button(li, 'Ask for it').count(), 0);
});

step('a second custodian, and an account whose secret takes an approval', async () => {
  await makeCustodians(page, 'sun.wei');
  await policyOf(page, async (form) => {
    await form.getByLabel('Approvals before a secret is given').selectOption('One approval');
    await form.getByLabel('Reason').selectOption('Required');
    await form.getByLabel('Ticket', { exact: true }).selectOption('Required');
    await form.getByLabel('Form of the ticket').fill('[unclosed(');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByRole('alert').filter({ hasText: 'no regular expression' }).waitFor();
    await form.getByLabel('Ticket', { exact: true }).selectOption('Not asked for');
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
  await ask(team, li, 'the uplink in rack two is down');
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
  const renewed = dialog(page).getByLabel('The new password');
  assert.match(team.secret(await renewed.innerText()), /^[!-~]{20}$/);
  await look(page, 'renewed');
  await button(dialog(page), 'Close').last().click();
  await router(page).getByText(/What was seen cannot be unseen/).waitFor({ state: 'detached' });
});

step('a rejection says by whom and why', async () => {
  await ask(team, li, 'just to have a look at it');
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
  await policyOf(page, async (form) => {
    await form.getByLabel('One person at a time, owners included').check();
  });
  await ask(team, li, 'the second uplink is down as well');
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

step('more time is asked for, and taken, where the secret is', async () => {
  await ask(team, li, 'the second uplink is down again');
  await button(card(page, 'To approve'), 'Approve').click();
  await button(router(li), 'Check out').click();
  await button(router(li), 'Ask for more time').click();
  await dialog(li).getByText('takes the place of what is left').waitFor();
  await dialog(li).getByLabel('Reason').fill(team.secret('the spare part comes at noon'));
  await button(dialog(li), 'Ask').click();
  await router(li).getByText('You asked for more time. 0 of 1 approvals.').waitFor();
  assert.equal(await button(router(li), 'Ask for more time').count(), 0, 'once is enough');
  await look(li, 'requests-more');
  await button(card(page, 'To approve'), 'Approve').click();
  await button(router(li), 'Take the longer time').click();
  await router(li).getByText('You asked for more time').waitFor({ state: 'detached' });
  await router(li).getByText(/^Yours until/).waitFor();
  await button(router(li), 'Check in').click();
  await button(router(li), 'Ask for it').waitFor();
});

step('nobody asks for a time that is over', async () => {
  await button(router(li), 'Ask for it').click();
  await dialog(li).getByLabel('Reason').fill('yesterday');
  await dialog(li).getByLabel('When').selectOption('Later');
  await dialog(li).getByLabel('From').fill('2020-01-01T10:00');
  await button(dialog(li), 'Ask').click();
  await dialog(li).getByText('This moment is over').waitFor();
  await button(dialog(li), 'Cancel').click();
  await dialog(li).waitFor({ state: 'detached' });
});

step('who is suspended with a secret has it no more', async () => {
  await ask(team, li, 'the third uplink is down, too');
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
