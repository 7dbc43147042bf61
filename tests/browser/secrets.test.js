// A secret is hidden until asked for, hides itself again, and leaves the clipboard; the generator makes new ones.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess } from './harness/browser.js';
import { account, addResource, clipboard, detail, dialog, eventually, fill, row, save, shown, toast } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
let team;
let page;
before(async () => {
  team = await startTeam();
  page = team.page;
  await addResource(page, { Name: team.secret('mail-relay-05.internal'), 'User name': name, Password: team.secret(secret) });
});
afterEach((test) => team.check(test));
after(() => team?.close());

const name = 'relay-operator';
const secret = 'Tr1ckle/Pebble+Orchid=88';
const card = () => account(page, name);
const releases = () => team.server.exchanges.filter(({ path }) => /release/.test(path)).length;

step('a secret is hidden until asked for, and is not even fetched', async () => {
  team.secret(name);
  await card().waitFor();
  assert.equal(releases(), 0);
  assert.ok(!(await page.content()).includes(secret));
  await checkAccess(page, 'a hidden secret');
});

step('it is shown on request, and hides itself', async () => {
  await page.clock.install();
  await card().getByRole('button', { name: 'Show Password' }).click();
  await card().getByText(secret).waitFor();
  assert.equal(releases(), 1);
  await checkAccess(page, 'a secret that is shown');
  await page.clock.runFor(20_000);
  await card().getByText(secret).waitFor();
  await page.clock.runFor(11_000);
  await card().getByText(secret).waitFor({ state: 'detached' });
  assert.ok(!(await page.content()).includes(secret));
});

step('it is hidden by the same button, and when something else is looked at', async () => {
  await card().getByRole('button', { name: 'Show Password' }).click();
  await card().getByText(secret).waitFor();
  await card().getByRole('button', { name: 'Hide Password' }).click();
  await card().getByText(secret).waitFor({ state: 'detached' });
  await card().getByRole('button', { name: 'Show Password' }).click();
  await card().getByText(secret).waitFor();
  await addResource(page, { Name: team.secret('another-relay.internal') });
  await row(page, 'mail-relay-05').click();
  await shown(page, 'mail-relay-05.internal');
  assert.ok(!(await page.content()).includes(secret));
});

step('it is copied without being shown, and the clipboard is emptied', async () => {
  await card().getByRole('button', { name: 'Copy Password' }).click();
  await toast(page, /The clipboard is emptied in 45 seconds/).waitFor();
  assert.equal(await clipboard(page), secret);
  assert.ok(!(await page.content()).includes(secret));
  await page.clock.runFor(46_000);
  await eventually(() => clipboard(page), '');
  await toast(page, 'Clipboard emptied').waitFor();
});

step('what was copied since stays in the clipboard', async () => {
  await card().getByRole('button', { name: 'Copy Password' }).click();
  await eventually(() => clipboard(page), secret);
  await card().getByRole('button', { name: 'Copy user name' }).click();
  await eventually(() => clipboard(page), name);
  await page.clock.runFor(60_000);
  assert.equal(await clipboard(page), name);
});

step('keys in the list copy user name and secret', async () => {
  const list = page.getByRole('listbox', { name: 'Resources' });
  await row(page, 'mail-relay-05').click();
  await list.press('c');
  await eventually(() => clipboard(page), secret);
  await list.press('u');
  await eventually(() => clipboard(page), name);
});

step('the generator makes passwords as wanted', async () => {
  await card().getByRole('button', { name: 'Edit account' }).click();
  await dialog(page).getByRole('button', { name: 'Replace' }).click();
  await dialog(page).getByRole('button', { name: 'Generate' }).click();
  const generator = dialog(page).getByRole('region', { name: 'Generator' });
  const made = generator.locator('.generated');
  await generator.getByRole('button', { name: 'Password', exact: true }).click();
  await eventually(async () => (await made.innerText()).length, 20);
  await checkAccess(page, 'the generator');
  await generator.getByLabel('Length').fill('40');
  await generator.getByLabel('!#%&').uncheck();
  await generator.getByLabel('A–Z').uncheck();
  await eventually(async () => /^[a-z0-9]{40}$/.test(await made.innerText()), true);
  const before = await made.innerText();
  assert.match(before, /\d/);
  await generator.getByRole('button', { name: 'Another' }).click();
  await eventually(async () => (await made.innerText()) !== before, true);
  await generator.getByText(/^\d{3} bits$/).waitFor();
});

step('and phrases of words', async () => {
  const generator = dialog(page).getByRole('region', { name: 'Generator' });
  const made = generator.locator('.generated');
  await generator.getByRole('button', { name: 'Words', exact: true }).click();
  await generator.getByLabel('Words', { exact: true }).fill('7');
  await generator.getByLabel('Between words').selectOption('.');
  await eventually(async () => (await made.innerText()).split('.').length, 7);
  const phrase = team.secret(await made.innerText());
  await generator.getByRole('button', { name: 'Use' }).click();
  assert.equal(await dialog(page).getByLabel('Password', { exact: true }).inputValue(), phrase);
  await save(page);
  await card().getByRole('button', { name: 'Copy Password' }).click();
  await eventually(() => clipboard(page), phrase);
});

step('facts about a secret are known without it: strength, age and reuse', async () => {
  const [weak, twice] = [team.secret('weak-kiosk.internal'), team.secret('twin-kiosk.internal')];
  for (const kiosk of [weak, twice]) await addResource(page, { Name: kiosk, 'User name': team.secret('kiosk-user'), Password: '12345678' });
  await account(page, 'kiosk-user').getByText('Very weak').waitFor();
  await account(page, 'kiosk-user').getByText('Also on 1 other account').waitFor();
  await account(page, 'kiosk-user').getByText('changed today').waitFor();
  await row(page, weak).getByText('Weak secret').waitFor();
});

step('other kinds of secrets come whole, line by line', async () => {
  const key = ['-----BEGIN OPENSSH PRIVATE KEY-----', 'b3BlbnNzaC1rZXktdjEAAAAACmFlczI1NgAAA', 'zKq81Jd0Wl2mVxTtYc', '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
  for (const line of key.split('\n').slice(1, 3)) team.secret(line);
  await detail(page).getByRole('button', { name: 'Add account' }).click();
  await fill(dialog(page), { 'User name': team.secret('deploy-runner'), 'Kind of secret': 'SSH key' });
  await fill(dialog(page), { 'SSH key': key });
  await dialog(page).getByRole('button', { name: 'Create' }).click();
  const deploy = account(page, 'deploy-runner');
  await deploy.getByRole('button', { name: 'Copy SSH key' }).click();
  await eventually(() => clipboard(page), key);
  await deploy.getByRole('button', { name: 'Show SSH key' }).click();
  assert.equal(await deploy.locator('pre').textContent(), key);
});

step('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
