// The trash, and many things at once: deleted, found with its place, restored, removed for good; tagged and edited.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess } from './harness/browser.js';
import { look } from './harness/look.js';
import { addGroup, addResource, addVault, chooseForList, detail, dialog, eventually, row, rows, toast, unlock } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const names = ['Printer of the third floor', 'Router in the attic', 'Camera at the gate', 'Switch below the stairs'];
let team;
let page;
before(async () => {
  team = await startTeam();
  page = team.page;
  for (const text of [...names, 'Trash vault', 'Corridor', 'Ground floor keepers', 'quarterly-review']) team.secret(text);
  await addVault(page, 'Trash vault');
  await addGroup(page, 'Corridor');
  for (const Name of names) await addResource(page, { Name, 'User name': team.secret(`user of ${Name}`), Password: team.secret(`${Name} secret 55`) });
});
afterEach((test) => team.check(test));
after(() => team?.close());

const trash = () => page.getByRole('region', { name: 'Trash', exact: true });
const line = (name) => trash().locator('.trash-line').filter({ hasText: name });
const bar = () => page.locator('.list-pane .selection-bar');
const pick = (name) => row(page, name).locator('.tile').click();
const openTrash = async () => {
  await page.getByRole('link', { name: 'Trash', exact: true }).click();
  await trash().waitFor();
};
const back = async () => {
  await trash().getByRole('link', { name: 'Close' }).click();
  await page.getByRole('treeitem', { name: /All resources/ }).click();
  await rows(page).first().waitFor();
};

step('an empty trash says what it is for', async () => {
  await openTrash();
  await trash().getByText('The trash is empty').waitFor();
  await look(page, 'trash-empty-en');
  await back();
});

step('several are selected, tagged, and edited at once', async () => {
  await pick(names[0]);
  await pick(names[1]);
  await bar().getByText('2 selected').waitFor();
  await look(page, 'selection-en');
  await bar().getByRole('button', { name: 'Tags…' }).click();
  await dialog(page).getByLabel('Add tags').fill('quarterly-review, attic');
  await look(page, 'bulk-tags-en');
  await dialog(page).getByRole('button', { name: 'Apply to all' }).click();
  await toast(page, '2 changed').waitFor();
  await row(page, names[1]).click();
  await detail(page).getByText('quarterly-review').waitFor();
  await pick(names[1]);
  await bar().getByRole('button', { name: 'Select all' }).click();
  await bar().getByText('4 selected').waitFor();
  await bar().getByRole('button', { name: 'Edit fields…' }).click();
  await dialog(page).getByLabel('Change: Owner').check();
  await dialog(page).getByLabel('Owner', { exact: true }).fill('Ground floor keepers');
  await dialog(page).getByLabel('Change: Privileged').check();
  await look(page, 'bulk-edit-en');
  await dialog(page).getByRole('button', { name: 'Apply to all' }).click();
  // Four resources and the account on each.
  await toast(page, '8 changed').waitFor();
  await detail(page).getByText('Ground floor keepers').waitFor();
  await toast(page, '8 changed').getByRole('button', { name: 'Undo' }).click();
  await toast(page, 'Undone').waitFor();
  await eventually(() => detail(page).getByText('Ground floor keepers').count(), 0);
});

step('what was deleted is in the trash with its place', async () => {
  for (const name of names.slice(0, 3)) await pick(name);
  await bar().getByRole('button', { name: 'Delete', exact: true }).click();
  await eventually(() => rows(page).count(), 1);
  await openTrash();
  await eventually(() => trash().locator('.trash-line').count(), 3);
  assert.match(await line(names[0]).innerText(), /Trash vault \/ Corridor/);
  assert.match(await line(names[0]).innerText(), /Deleted by mara\.lindqvist/);
  assert.match(await line(names[0]).innerText(), /30 days left/);
  await look(page, 'trash-en');
  await trash().getByRole('searchbox').fill('attic');
  await eventually(() => trash().locator('.trash-name strong').allTextContents(), [names[1]]);
  await trash().getByRole('searchbox').fill('');
  await eventually(() => trash().locator('.trash-line').count(), 3);
});

step('one is restored to its place', async () => {
  await line(names[0]).getByRole('button', { name: `Restore ${names[0]}` }).click();
  await toast(page, '1 restored').waitFor();
  await eventually(() => trash().locator('.trash-line').count(), 2);
  await back();
  await row(page, names[0]).click();
  await detail(page).getByText('Trash vault / Corridor').waitFor();
  await detail(page).getByRole('button', { name: 'Show password' }).click();
  await eventually(() => detail(page).locator('.secret-shown').innerText(), `${names[0]} secret 55`);
});

step('one is deleted for good after a question', async () => {
  await openTrash();
  await line(names[1]).getByRole('button', { name: `Delete ${names[1]} for good` }).click();
  await dialog(page).getByText('Nobody can bring them back.').waitFor();
  await look(page, 'purge-en');
  await dialog(page).getByRole('button', { name: 'Delete for good' }).click();
  await toast(page, '2 deleted for good').waitFor();
  await eventually(() => trash().locator('.trash-name strong').allTextContents(), [names[2]]);
});

step('a vault says for how long it keeps things', async () => {
  await trash().getByLabel('Vault', { exact: true }).selectOption('Trash vault');
  await trash().getByRole('button', { name: 'Kept 30 days' }).click();
  await dialog(page).getByLabel('Keep for').selectOption('90 days');
  await look(page, 'trash-days-en');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await trash().getByRole('button', { name: 'Kept 90 days' }).waitFor();
  await eventually(async () => /90 days left/.test(await line(names[2]).innerText()), true);
});

step('all of it is emptied', async () => {
  await trash().getByRole('button', { name: 'Empty the trash' }).click();
  await checkAccess(page, 'the question before the trash is emptied');
  await dialog(page).getByRole('button', { name: 'Empty the trash' }).click();
  await trash().getByText('Nothing found').waitFor();
});

step('a new device sees what is there, and nothing damaged', async () => {
  const device = await team.openDevice({ locale: 'zh-CN' });
  const window = await device.open('/');
  await window.goto('/sign-in');
  await window.getByLabel('应急恢复套件').fill(team.kit.text);
  await window.getByText('恢复套件完整').waitFor();
  await window.getByLabel('登录名', { exact: true }).fill(team.kit.login);
  await window.getByLabel('密码', { exact: true }).fill(team.kit.password);
  await window.getByRole('button', { name: '登录', exact: true }).click();
  await window.getByRole('treeitem').first().click();
  await eventually(() => window.locator('.rows .row-name').count(), 2);
  await window.locator('.rows .row-line').filter({ hasText: names[3] }).locator('.tile').click();
  await window.locator('.list-pane .selection-bar').getByRole('button', { name: '标签…' }).click();
  await look(window, 'bulk-tags-zh');
  await window.keyboard.press('Escape');
  await window.locator('.list-pane .selection-bar').getByRole('button', { name: '编辑字段…' }).click();
  await look(window, 'bulk-edit-zh');
  await window.keyboard.press('Escape');
  await window.locator('.list-pane .selection-bar').getByRole('button', { name: '删除', exact: true }).click();
  await window.getByRole('link', { name: '回收站', exact: true }).click();
  await window.locator('.trash-line').first().waitFor();
  await look(window, 'trash-zh');
  assert.equal(await window.locator('.notice.bad').count(), 0);
});

step('a deleted vault goes for good with what is in it, for every device', async () => {
  await back();
  await addVault(page, team.secret('Cellar of the old office'));
  await addResource(page, { Name: team.secret('Boiler control'), 'User name': 'boiler' });
  await chooseForList(page, 'Delete vault');
  await dialog(page).getByRole('button', { name: 'Delete' }).click();
  await openTrash();
  const vault = line('Cellar of the old office');
  await vault.getByText('30 days left').waitFor();
  await vault.getByRole('button', { name: 'Delete Cellar of the old office for good' }).click();
  await dialog(page).getByRole('button', { name: 'Delete for good' }).click();
  await vault.waitFor({ state: 'detached' });
  await page.reload();
  await unlock(page);
  await openTrash();
  await line('Switch below the stairs').waitFor();
  assert.equal(await vault.count(), 0);
  assert.equal(await page.locator('.notice.bad').count(), 0);
});

step('nothing secret is on the server', async () => team.checkRemains());
