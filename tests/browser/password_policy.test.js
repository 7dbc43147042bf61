// Password policies: made for a vault, shown while one types, obeyed by the generator, and kept when it is saved.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess, narrow, wide } from './harness/browser.js';
import { addResource, chooseForList, detail, dialog, fill, node, row, save, shown } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
let team;
let page;
before(async () => {
  team = await startTeam();
  page = team.page;
  await addResource(page, { Name: team.secret('ledger-03.internal'), 'User name': 'clerk', Password: team.secret('Quiet_Meadow_Lantern_41') });
});
afterEach((test) => team.check(test));
after(() => team?.close());

const policy = 'Branch office terminals';
const rule = (text) => dialog(page).locator('.rule').filter({ hasText: text });

step('a vault gets a policy of its own, and one that holds for everything', async () => {
  await node(page, /Main vault/).click();
  await chooseForList(page, 'Password policies');
  await dialog(page).getByRole('button', { name: 'Add a policy' }).click();
  await fill(dialog(page), { Name: team.secret(policy), 'At least so many characters': '12', 'At most so many characters': '16' });
  await dialog(page).getByLabel('For the whole vault').selectOption(policy);
  await dialog(page).getByText(/at least 12 characters · at most 16 characters · with a–z A–Z 0–9/).waitFor();
  for (const viewport of [wide, narrow]) {
    await page.setViewportSize(viewport);
    await checkAccess(page, `policies of a vault, ${viewport.width} px`);
  }
  await page.setViewportSize(wide);
  await save(page);
});

step('a policy that nothing can meet is refused', async () => {
  await chooseForList(page, 'Password policies');
  await fill(dialog(page), { 'At least so many characters': '40' });
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await dialog(page).getByRole('alert').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Discard' }).click();
  await dialog(page).waitFor({ state: 'detached' });
});

step('the rules are shown as one types, and a password that breaks them is not saved', async () => {
  await row(page, 'ledger-03').click();
  await shown(page, 'ledger-03.internal');
  const writes = () => team.server.exchanges.filter(({ method, path }) => method === 'POST' && path.endsWith('/batches')).length;
  const before = writes();
  await detail(page).getByRole('button', { name: 'Edit account' }).click();
  await dialog(page).getByRole('button', { name: 'Replace' }).click();
  await dialog(page).getByLabel('Password', { exact: true }).fill(team.secret('short-word'));
  assert.match(await rule('at least 12 characters').getAttribute('class'), /broken/);
  assert.match(await rule('with a–z A–Z 0–9').getAttribute('class'), /broken/);
  assert.match(await rule('at most 16 characters').getAttribute('class'), /kept/);
  await checkAccess(page, 'rules under a password');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await dialog(page).getByRole('alert').filter({ hasText: 'does not follow the policy' }).waitFor();
  assert.equal(writes(), before, 'nothing was written');
});

step('the generator obeys, and what it makes is saved', async () => {
  await dialog(page).getByRole('button', { name: 'Generate' }).click();
  const slider = dialog(page).getByLabel('Length');
  assert.deepEqual([await slider.getAttribute('min'), await slider.getAttribute('max')], ['12', '16']);
  assert.ok(await dialog(page).getByLabel('A–Z').isDisabled());
  await dialog(page).getByRole('button', { name: 'Use', exact: false }).last().click();
  const made = team.secret(await dialog(page).getByLabel('Password', { exact: true }).inputValue());
  assert.ok(made.length >= 12 && made.length <= 16, made.length);
  assert.match(made, /[A-Z]/);
  assert.match(made, /[0-9]/);
  await save(page);
});

step('an account may have another policy', async () => {
  await detail(page).getByRole('button', { name: 'Edit account' }).click();
  await dialog(page).getByLabel('Password policy').selectOption('Low');
  await dialog(page).getByRole('button', { name: 'Replace' }).click();
  await dialog(page).getByLabel('Password', { exact: true }).fill(team.secret('eight888'));
  assert.match(await rule('at least 8 characters').getAttribute('class'), /kept/);
  await save(page);
});

step('nothing of it reached the server', async () => {
  await team.checkRemains();
});
