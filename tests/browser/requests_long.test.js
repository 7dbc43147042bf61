// A hundred requests that wait for one person, and what can be read of them while the server cannot be reached.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess, narrow } from './harness/browser.js';
import { newMachine } from './harness/command_line.js';
import { look } from './harness/look.js';
import { chooseForList, dialog, eventually, save, toast } from './harness/person.js';
import { button, list, makeCustodians, openRequests, requests, startRequests } from './harness/requests.js';
import { story } from './harness/story.js';

const COUNT = 104;
const step = story();
let team;
let page;
let sun;
let machine;
before(async () => {
  ({ team, page, sun } = await startRequests());
  team.expect(/ERR_CONNECTION|ERR_EMPTY_RESPONSE|Failed to load resource|net::/);
  machine = await newMachine(team.server);
});
afterEach((test) => team.check(test));
after(async () => {
  await machine?.close();
  await team?.close();
});

const name = (number) => `switch-${String(number).padStart(3, '0')}`;
// Approvals within are items too.
const waiting = () => requests(sun).getByRole('list', { name: 'To approve', exact: true }).locator('.request-card');
const heading = (text) => requests(sun).getByRole('heading', { name: text });

step('empty lists say what would be there', async () => {
  await makeCustodians(page, 'sun.wei');
  await page.getByRole('treeitem', { level: 1 }).last().click();
  await chooseForList(page, 'Approval policy…');
  await dialog(page).getByLabel('What holds here').selectOption('A policy of its own');
  await dialog(page).getByLabel('Approvals before a secret is given').selectOption('One approval');
  await save(page);
  await openRequests(sun);
  await requests(sun).getByText('Nothing waits for your approval.').waitFor();
  await checkAccess(sun, 'requests without any');
});

step('a hundred come by pages, and all of them are there', async () => {
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('button', { name: 'New service' }).click();
  await dialog(page).getByLabel('Login name').fill('rotator');
  await dialog(page).getByRole('combobox').first().selectOption({ label: 'Editor' });
  await button(dialog(page), 'Make the token').click();
  await machine.file('token', team.secret(await dialog(page).getByLabel('The token').textContent()));
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  const sealward = async (args, input) => {
    const { code, out, err } = await machine.run(['--token-file', 'token', ...args, '--json'], input);
    assert.equal(code, 0, err + out);
  };
  const vault = 'Main vault';
  const objects = Array.from({ length: COUNT }, (_, number) => ({ path: `${vault}/${name(number)}/admin`, secret: { generate: 20 } }));
  await sealward(['create', '--from', 'json'], JSON.stringify(objects));
  const rest = Array.from({ length: COUNT }, (_, number) => number);
  const askAll = async () => {
    for (let number = rest.shift(); number !== undefined; number = rest.shift()) {
      await sealward(['request', `${vault}/${name(number)}/admin`, '--reason', team.secret(`rotation of ${name(number)}`)]);
    }
  };
  await Promise.all([askAll(), askAll()]);
  // The count looks at one page.
  await sun.getByRole('link', { name: /^Requests.*100\+ wait for you/ }).waitFor();
  await heading('To approve 100+').waitFor();
  await button(requests(sun), 'Show more').click();
  await eventually(() => waiting().count(), COUNT, 40_000);
  await heading(`To approve ${COUNT}`).waitFor();
  assert.equal(await button(requests(sun), 'Show more').count(), 0);
});

step('whoever made its token may refuse what a service asks for, and not approve it', async () => {
  await openRequests(page);
  await eventually(() => button(requests(page), 'Reject').count(), 100, 40_000);
  assert.equal(await button(requests(page), 'Approve').count(), 0);
});

step('one of a hundred is answered where it stands, on a telephone too', async () => {
  await sun.setViewportSize(narrow);
  const one = waiting().filter({ hasText: name(77) });
  await one.getByLabel('Comment (optional)').fill(team.secret('until noon'));
  await button(one, 'Approve').click();
  await toast(sun, 'Approved').waitFor();
  await heading(`To approve ${COUNT - 1}`).waitFor();
  // What is answered does not stand among what waits.
  await list(sun, 'Open, and not for you to approve').filter({ hasText: name(77) }).waitFor();
  assert.equal(await waiting().filter({ hasText: name(77) }).count(), 0);
  await look(sun, 'requests-long');
});

step('without the server what was listed stays, and an answer waits with what was typed', async () => {
  await team.server.disconnect();
  await sun.getByRole('status').filter({ hasText: 'changes and secrets wait' }).waitFor();
  assert.equal(await waiting().count(), COUNT - 1);
  const one = waiting().filter({ hasText: name(12) });
  await one.getByLabel('Comment (optional)').fill(team.secret('after the backup'));
  await button(one, 'Approve').click();
  await sun.getByText('The server cannot be reached').first().waitFor();
  assert.equal(await one.getByLabel('Comment (optional)').inputValue(), 'after the backup');
  await look(sun, 'requests-offline');
  // A list that was never read says why there is nothing.
  await sun.getByRole('link', { name: 'Reports' }).click();
  await sun.getByRole('link', { name: /^Requests/ }).click();
  await requests(sun).getByRole('alert').filter({ hasText: 'The server cannot be reached' }).first().waitFor();
  await checkAccess(sun, 'requests without the server');
  await team.server.reconnect();
  await eventually(() => waiting().count(), 99, 40_000);
});

step('the server has seen neither secret, reason nor comment', async () => {
  await team.checkRemains();
});
