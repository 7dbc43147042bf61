// A webhook: made with a secret that is shown once, tested, told what happens, seen in its last calls, deleted; the index
// of the people's page; and the reports.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { after, afterEach, before } from 'node:test';
import { checkAccess, narrow, wide } from './harness/browser.js';
import { dialog, eventually, openSettings, toast } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const received = [];
let receiver;
let team;
let page;
before(async () => {
  receiver = http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    received.push({ headers: request.headers, body: Buffer.concat(parts) });
    response.end();
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  team = await startTeam({ settings: ['--webhook-networks', '127.0.0.0/8'] });
  page = team.page;
  team.owner.expect(/status of 422/);
});
afterEach((test) => team.check(test));
after(async () => {
  await team?.close();
  receiver.closeAllConnections();
  receiver.close();
});

const section = () => page.getByRole('region', { name: 'Webhooks' });
const lines = () => section().getByRole('list', { name: 'Webhooks' }).getByRole('listitem');
const field = (label) => dialog(page).getByLabel(label, { exact: true });
const types = () => received.map(({ body }) => JSON.parse(body).type);

async function choose(action) {
  await lines().first().getByRole('button', { name: /^More for / }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

let secret;

step('what cannot be called is refused in words', async () => {
  await openSettings(page);
  await section().getByText('No webhooks yet').waitFor();
  await section().getByRole('button', { name: 'New webhook' }).click();
  await field('Address').fill('ftp://hooks.example/');
  await checkAccess(page, 'a new webhook');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await dialog(page).getByRole('alert').getByText('Give an https address').waitFor();
});

step('its secret is shown once', async () => {
  await field('Address').fill(`http://127.0.0.1:${receiver.address().port}/in`);
  await field('Sign-ins').uncheck();
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  secret = await dialog(page).getByLabel('The secret').textContent();
  assert.match(secret, /^whsec_[\w+/]{43}=$/);
  await checkAccess(page, 'the secret of a webhook');
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await dialog(page).waitFor({ state: 'detached' });
  await lines().first().getByText('127.0.0.1').waitFor();
  assert.ok(!(await page.content()).includes(secret));
});

step('it is told that it was made, signed', async () => {
  await eventually(types, ['audit.people']);
  const [{ headers, body }] = received;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  assert.equal(headers['webhook-signature'], `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  assert.equal(JSON.parse(body).event.act, 'webhook_set');
});

step('a test arrives, and is among the last calls', async () => {
  await choose('Send a test');
  await toast(page, 'Test: taken (200)').waitFor();
  await eventually(types, ['audit.people', 'test']);
  await lines().first().getByText('taken (200)').waitFor();
  await choose('Last calls');
  await eventually(() => dialog(page).getByRole('listitem').count(), 2);
  await checkAccess(page, 'the last calls');
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await dialog(page).waitFor({ state: 'detached' });
});

step('switched off and deleted it is told nothing', async () => {
  await choose('Change the webhook');
  await field('Tell it').uncheck();
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await lines().first().getByText('Off', { exact: true }).waitFor();
  await page.setViewportSize(narrow);
  await checkAccess(page, 'webhooks at 360 px');
  await page.setViewportSize(wide);
  await choose('Delete the webhook');
  await dialog(page).getByRole('button', { name: 'Delete the webhook' }).click();
  await section().getByText('No webhooks yet').waitFor();
  assert.deepEqual(types(), ['audit.people', 'test']);
});

step('the people have an index that the address remembers', async () => {
  await page.getByRole('link', { name: 'People' }).click();
  const index = page.getByRole('navigation', { name: 'Sections' });
  assert.match(await index.getByRole('link', { name: 'Members' }).textContent(), /Members\s*1/);
  await index.getByRole('link', { name: 'Recovery' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/people#people-recovery$/);
  assert.equal(await index.getByRole('link', { name: 'Invited' }).count(), 0, 'nobody is invited');
  await checkAccess(page, 'the people with their index');
});

step('a number that cannot be found out says why', async () => {
  team.server.tamper = (path, body) => (path.includes('/secret-headers') ? Buffer.from('{}') : body);
  await page.getByRole('link', { name: 'Reports' }).click();
  const exposed = page.getByRole('list', { name: 'What to look at' }).getByRole('link', { name: /Exposed secrets/ });
  await exposed.getByText('–', { exact: true }).waitFor();
  assert.ok((await exposed.locator('.figure-fault').innerText()).length > 10);
  await checkAccess(page, 'the reports with a fault');
  team.server.tamper = null;
  await page.getByLabel('Over').selectOption({ label: 'The last 90 days' });
  await exposed.getByText('0', { exact: true }).waitFor();
  await page.getByLabel('Over').selectOption({ label: 'The last 30 days' });
});

step('the reports count, draw, and lead to what they count', async () => {
  await page.getByRole('link', { name: 'Reports' }).click();
  const reports = page.getByRole('region', { name: 'Reports', exact: true });
  const figures = reports.getByRole('list', { name: 'What to look at' });
  await figures.getByRole('link', { name: /^1\s*People without a second factor/ }).waitFor();
  const chart = reports.getByRole('img', { name: /events; at most/ });
  assert.ok((await chart.locator('rect').count()) > 0, 'something happened today');
  await reports.getByText('As a table').first().click();
  assert.ok((await reports.getByRole('row').count()) >= 2, 'heads, and today');
  await checkAccess(page, 'the reports');
  await reports.getByLabel('Over').selectOption({ label: 'The last 90 days' });
  await page.setViewportSize(narrow);
  await checkAccess(page, 'the reports at 360 px');
  await page.setViewportSize(wide);
  await figures.getByRole('link', { name: /People without a second factor/ }).click();
  await page.getByRole('region', { name: 'People' }).waitFor();
});
