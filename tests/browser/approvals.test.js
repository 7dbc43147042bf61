// The rest of the life of a request, by three people in three browsers: two approvals, a queue, an emergency, a window to
// come, and the end of a lease by the clock.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { look } from './harness/look.js';
import { dialog, eventually, openSettings, toast } from './harness/person.js';
import { ask, button, card, list, makeCustodians, openRequests, openRouter, password, policyOf, requests, router, startRequests } from './harness/requests.js';
import { story } from './harness/story.js';

const step = story();
const HOUR = 3_600;
let team;
let page;
let li;
let sun;
before(async () => {
  ({ team, page, li, sun } = await startRequests({ clock: true }));
  // Time passes by hours below, and nobody is there.
  for (const window of [page, li, sun]) {
    await openSettings(window);
    await window.getByLabel('Lock after').selectOption('Never');
    await toast(window, 'Saved').last().waitFor();
  }
  await makeCustodians(page, 'li.na', 'sun.wei');
});
afterEach((test) => team.check(test));
after(() => team?.close());

const approve = (window) => button(card(window, 'To approve'), 'Approve').click();
const emergencies = (window) => window.locator('.emergencies').filter({ visible: true });

step('two approvals: one is not enough, and nobody approves twice', async () => {
  await policyOf(page, async (form) => {
    await form.getByLabel('Approvals before a secret is given').selectOption('2 approvals');
    await form.getByLabel('To be changed after each use').check();
    await form.getByText('People and waiting times').click();
    await form.getByLabel('Who needs no approval').selectOption('Only those who are named');
    await form.getByRole('group', { name: 'Emergency access' }).getByLabel('sun.wei').check();
  });
  await openRouter(li);
  await ask(team, li, 'the uplink in rack two is down');
  await router(li).getByText('0 of 2 approvals.').waitFor();
  for (const window of [page, sun]) await openRequests(window);
  await approve(page);
  await router(li).getByText('1 of 2 approvals.').waitFor();
  assert.equal(await button(router(li), 'Check out').count(), 0);
  assert.equal(await button(router(li), 'Show password').count(), 0);
  await eventually(() => button(card(page, 'To approve'), 'Approve').count(), 0);
  await card(sun, 'To approve').getByText(/mara\.lindqvist · /).waitFor();
  await approve(sun);
  await button(router(li), 'Check out').waitFor();
});

step('taken back by whoever asked, it is gone for those who would answer', async () => {
  await button(router(li), 'Cancel the request').click();
  await toast(li, 'Request cancelled').waitFor();
  await button(router(li), 'Ask for it').waitFor();
  await requests(sun).getByText('Nothing waits for your approval.').waitFor();
});

step('a window to come: not before, and within', async () => {
  await ask(team, li, 'maintenance in the evening', async (form) => {
    await form.getByLabel('When').selectOption('Later');
    const begins = await li.evaluate((ahead) => {
      const time = new Date(Date.now() + ahead * 1000);
      return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    }, HOUR);
    await form.getByLabel('From').fill(begins);
    await form.getByLabel('For how long').selectOption('15 minutes');
  });
  await approve(page);
  await approve(sun);
  await router(li).getByText(/Approved\. It can be checked out from/).waitFor();
  assert.equal(await button(router(li), 'Check out').count(), 0);
  await team.pass(HOUR);
  await button(router(li), 'Check out').click();
  await button(router(li), 'Show password').click();
  await router(li).getByText(password).waitFor();
});

step('the end of the time checks it in: hidden, not shown again, and to be changed', async () => {
  await openRequests(page);
  await list(page, 'In use now').filter({ hasText: 'li.na' }).waitFor();
  await team.pass(HOUR);
  await button(router(li), 'Ask for it').waitFor();
  assert.equal(await router(li).getByText(password).count(), 0);
  assert.equal(await button(router(li), 'Show password').count(), 0);
  await eventually(() => list(page, 'In use now').count(), 0);
  const due = list(page, 'To be changed').filter({ hasText: 'router-admin' });
  // One click makes a password and closes what was due.
  await button(due, 'Change it now').click();
  team.secret(await dialog(page).getByLabel('The new password').innerText());
  await button(dialog(page), 'Close').last().click();
  await due.waitFor({ state: 'detached' });
});

step('in an emergency it is taken at once, and the others are told until they have taken note', async () => {
  await openRouter(sun);
  await ask(team, sun, 'the whole floor is dark', async (form) => {
    await form.getByLabel('This is an emergency').check();
  });
  await emergencies(page).getByText('sun.wei').waitFor();
  await emergencies(page).getByText('the whole floor is dark').waitFor();
  await emergencies(li).getByText('sun.wei').waitFor();
  assert.equal(await emergencies(sun).count(), 0, 'who took it knows');
  await look(page, 'emergency');
  await button(router(sun), 'Check out').click();
  await button(router(sun), 'Check in').click();
  await button(router(sun), 'Ask for it').waitFor();
  // It is over, and still to be read.
  await emergencies(page).getByText('sun.wei').waitFor();
  await button(emergencies(page), 'Taken note').click();
  await emergencies(page).waitFor({ state: 'detached' });
  await emergencies(li).getByText('sun.wei').waitFor();
});

step('notes are changed without the secret, and what is hidden beside it stays', async () => {
  await button(router(li), 'Edit account').click();
  await dialog(li).getByLabel('Notes').fill(team.secret('behind the second door'));
  await button(dialog(li), 'Save').click();
  await dialog(li).waitFor({ state: 'detached' });
  await router(page).or(page.locator('body')).first().waitFor();
  await router(li).getByText('behind the second door').waitFor();
});

step('three wait for one that only one person has at a time', async () => {
  await openRouter(page);
  await policyOf(page, async (form) => {
    await form.getByLabel('Approvals before a secret is given').selectOption('None');
    await form.getByLabel('One person at a time, owners included').check();
  });
  await router(li).getByText('One person has it at a time').waitFor();
  const take = async (window) => {
    await button(router(window), 'Ask for it').click();
    await button(dialog(window), 'Ask').click();
    await dialog(window).waitFor({ state: 'detached' });
  };
  await take(page);
  await button(router(page), 'Check out').click();
  await router(li).getByText(/In use by mara\.lindqvist until/).waitFor();
  await take(li);
  await router(li).getByText('1 before you in the queue.').waitFor();
  await take(sun);
  await router(sun).getByText('2 before you in the queue.').waitFor();
  await button(router(page), 'Check in').click();
  await router(sun).getByText('1 before you in the queue.').waitFor();
  await button(router(sun), 'Check out').click();
  await toast(sun, 'It is not your turn yet').waitFor();
  await button(router(li), 'Check out').click();
  await router(sun).getByText(/In use by li\.na until/).waitFor();
  // Whoever has it sees when a custodian ends that.
  await openRequests(page);
  await button(list(page, 'In use now').filter({ hasText: 'li.na' }), 'Check in by force').click();
  await button(router(li), 'Ask for it').waitFor();
  await openRequests(li);
  await requests(li).getByText('History', { exact: true }).click();
  await card(li, 'My earlier requests').getByText(/Checked in by the custodian mara\.lindqvist/).waitFor();
  await button(router(sun), 'Check out').click();
  await button(router(sun), 'Check in').click();
  await button(router(sun), 'Ask for it').waitFor();
});

step('what somebody approved counts no more when they are suspended before it is used', async () => {
  await openRouter(page);
  await policyOf(page, async (form) => {
    await form.getByLabel('Approvals before a secret is given').selectOption('2 approvals');
    await form.getByLabel('One person at a time, owners included').uncheck();
  });
  await openRouter(li);
  await ask(team, li, 'the third uplink is down, too');
  await openRequests(sun);
  await approve(sun);
  await router(li).getByText('1 of 2 approvals.').waitFor();
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('listitem').filter({ hasText: 'sun.wei' }).getByRole('button', { name: 'More for sun.wei' }).click();
  await page.getByRole('menuitem', { name: 'Suspend' }).click();
  await button(dialog(page), 'Suspend').click();
  await dialog(page).waitFor({ state: 'detached' });
  await openRequests(page);
  await card(page, 'To approve').getByText('No longer counts').waitFor();
  await approve(page);
  await router(li).getByText('1 of 2 approvals.').waitFor();
  assert.equal(await button(router(li), 'Check out').count(), 0);
});

step('the server has seen neither secret, reason nor notes', async () => {
  await team.checkRemains();
});
