// Vaults, resource groups, resources and accounts: made, read, changed, moved, copied, deleted and taken back.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess } from './harness/browser.js';
import { account, addGroup, addResource, addVault, chooseForList, detail, dialog, eventually, fill, node, row, rows, save, shown, toast } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
let team;
let page;
before(async () => {
  team = await startTeam();
  page = team.page;
  for (const text of Object.values(names)) team.secret(text);
});
afterEach((test) => team.check(test));
after(() => team?.close());

const names = {
  vault: 'Operations vault', renamedVault: 'Platform vault', otherVault: '财务部门共享保险库',
  group: 'Data centre north', inner: 'Rack seventeen', renamedGroup: 'Data centre south',
  resource: 'ledger-db-21.internal', description: 'General ledger, read replica', notes: 'Restart only after the nightly close',
  url: 'https://ledger.internal.example/console', department: 'Corporate finance', location: 'Building C, basement', owner: 'Tomasz Zielinski',
  tag: 'quarter-close', userName: 'ledger_readonly', password: 'umbrella canyon 47 velvet', hidden: 'vault-pin-90417', text: 'asset-tag-55120',
};
const listed = () => rows(page).locator('.row-name').allTextContents();
const more = async (name) => {
  await detail(page).getByRole('button', { name: 'More for this resource' }).click();
  await page.getByRole('menuitem', { name }).click();
};
const moreForAccount = async (of, name) => {
  await account(page, of).getByRole('button', { name: 'More for this account' }).click();
  await page.getByRole('menuitem', { name }).click();
};
const undo = async (said) => {
  await toast(page, said).getByRole('button', { name: 'Undo' }).click();
  await toast(page, 'Undone').waitFor();
};
// A line of facts: what stands beside its label.
const fact = (scope, label) => scope.locator('.fact').filter({ has: page.getByText(label, { exact: true }) }).locator('dd');

step('a vault is made, and renamed', async () => {
  await addVault(page, names.vault);
  await page.getByRole('heading', { name: 'This vault is empty' }).waitFor();
  await chooseForList(page, 'Rename vault');
  await checkAccess(page, 'the form of a vault');
  await fill(dialog(page), { Name: names.renamedVault });
  await save(page);
  await page.getByRole('heading', { name: names.renamedVault }).waitFor();
  await node(page, new RegExp(names.renamedVault)).waitFor();
});

step('resource groups stand in each other to any depth', async () => {
  await addGroup(page, names.group);
  await addGroup(page, names.inner);
  for (let depth = 3; depth <= 6; depth += 1) await addGroup(page, team.secret(`Shelf at level ${depth}`));
  for (const [name, level] of [[names.renamedVault, 1], [names.group, 2], [names.inner, 3], ['Shelf at level 6', 7]]) {
    await eventually(() => node(page, new RegExp(name)).getAttribute('aria-level'), String(level));
  }
  await node(page, new RegExp(names.group)).click();
  await chooseForList(page, 'Rename group');
  await fill(dialog(page), { Name: names.renamedGroup });
  await save(page);
  await page.getByRole('heading', { name: names.renamedGroup }).waitFor();
});

step('a resource comes with all its fields and its first account', async () => {
  await node(page, new RegExp(names.inner)).click();
  await page.getByRole('region', { name: 'Resources' }).getByRole('button', { name: 'New resource' }).click();
  await fill(dialog(page), {
    Name: names.resource, Type: 'Database', 'DNS name or IP': 'db-21.ledger.example', URL: names.url, 'User name': names.userName, Password: names.password,
  });
  await dialog(page).getByRole('button', { name: 'More fields' }).click();
  await fill(dialog(page), {
    Description: names.description, Department: names.department, Location: names.location, Owner: names.owner, Tags: `${names.tag}, finance-team`, Notes: names.notes,
  });
  await dialog(page).getByRole('button', { name: 'Text', exact: true }).click();
  await fill(dialog(page), { Label: 'Asset tag', Value: names.text });
  await checkAccess(page, 'the form of a resource');
  await dialog(page).getByRole('button', { name: 'Create' }).click();
  await shown(page, names.resource);
  for (const [label, text] of [['URL', names.url], ['DNS name or IP', 'db-21.ledger.example'], ['Type', 'Database'], ['Department', names.department], ['Location', names.location], ['Owner', names.owner], ['Asset tag', names.text]]) {
    assert.equal((await fact(detail(page), label).first().innerText()).trim(), text);
  }
  for (const text of [names.description, names.tag, 'finance-team', names.notes]) await detail(page).getByText(text, { exact: true }).waitFor();
  await detail(page).getByText(`${names.renamedVault} / ${names.renamedGroup} / ${names.inner}`).waitFor();
  await account(page, names.userName).waitFor();
  await checkAccess(page, 'a resource');
});

step('a resource is changed, and that is taken back', async () => {
  await detail(page).getByRole('button', { name: 'Edit', exact: true }).click();
  await fill(dialog(page), { Owner: team.secret('Ngozi Okonjo-Bello') });
  await save(page);
  await detail(page).getByText('Ngozi Okonjo-Bello', { exact: true }).waitFor();
  await undo('Saved');
  await detail(page).getByText(names.owner, { exact: true }).waitFor();
});

step('what was typed is not lost by Escape alone', async () => {
  await account(page, names.userName).getByRole('button', { name: 'Edit account' }).click();
  await fill(dialog(page), { Notes: team.secret('Half a sentence that') });
  await page.keyboard.press('Escape');
  await dialog(page).getByText('Discard what you typed?').waitFor();
  await checkAccess(page, 'the question before discarding');
  await dialog(page).getByRole('button', { name: 'Keep editing' }).click();
  assert.equal(await dialog(page).getByLabel('Notes').inputValue(), 'Half a sentence that');
  await page.keyboard.press('Escape');
  await dialog(page).getByRole('button', { name: 'Discard' }).click();
  await dialog(page).waitFor({ state: 'detached' });
});

step('a second account has a kind, an expiry, badges, and up to 20 custom fields', async () => {
  await detail(page).getByRole('button', { name: 'Add account' }).click();
  await fill(dialog(page), { 'User name': team.secret('ledger_rotation'), Name: team.secret('Rotation account'), 'Kind of secret': 'API key', 'Valid until': '2020-02-29' });
  await fill(dialog(page), { 'API key': team.secret('sk-live-5566778899aabb') });
  await dialog(page).getByLabel('Privileged').check();
  await dialog(page).getByLabel('In use').uncheck();
  const kinds = ['Text', 'Hidden', 'Date'];
  for (let at = 0; at < 20; at += 1) {
    const kind = kinds[at % 3];
    await dialog(page).getByRole('button', { name: kind, exact: true }).click();
    await dialog(page).getByLabel('Label').nth(at).fill(`Custom field ${at + 1}`);
    await dialog(page).getByLabel('Value', { exact: true }).nth(at).fill(kind === 'Date' ? '2031-05-04' : team.secret(`custom value number ${at + 1}`));
  }
  await dialog(page).getByText('20 fields are the most.').waitFor();
  assert.equal(await dialog(page).getByRole('button', { name: 'Hidden', exact: true }).count(), 0);
  await checkAccess(page, 'the form of an account');
  await dialog(page).getByRole('button', { name: 'Create' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  const card = account(page, 'Rotation account');
  for (const badge of ['Privileged', 'Not in use']) await card.getByText(badge, { exact: true }).waitFor();
  await card.getByText(/^Expired /).waitFor();
  assert.equal((await fact(card, 'Custom field 1').innerText()).trim(), 'custom value number 1');
  await fact(card, 'Custom field 3').getByText(/2031/).waitFor();
  assert.equal(await card.getByText('custom value number 2', { exact: true }).count(), 0, 'hidden');
  await card.getByRole('button', { name: /^Show custom field 2$/i }).click();
  await fact(card, 'Custom field 2').getByText('custom value number 2').waitFor();
  await fact(card, 'Custom field 20').getByText('custom value number 20').waitFor();
});

step('an edited account keeps its secret and its hidden fields', async () => {
  await account(page, 'Rotation account').getByRole('button', { name: 'Edit account' }).click();
  await dialog(page).getByText('Stays as it is').waitFor();
  await fill(dialog(page), { Name: team.secret('Rotation account two') });
  await dialog(page).getByLabel('Label').nth(1).fill('Renamed field');
  await dialog(page).getByLabel('Value', { exact: true }).nth(4).fill(team.secret('another hidden value'));
  await dialog(page).getByRole('button', { name: 'Remove field' }).nth(7).click();
  await save(page);
  const card = account(page, 'Rotation account two');
  await card.getByRole('button', { name: 'Show API key' }).click();
  await fact(card, 'API key').getByText('sk-live-5566778899aabb').waitFor();
  await fact(card, 'Renamed field').getByText('custom value number 2').waitFor();
  await fact(card, 'Custom field 5').getByText('another hidden value').waitFor();
  assert.equal(await card.getByText('Custom field 8', { exact: true }).count(), 0);
});

step('an account is duplicated, deleted, and taken back', async () => {
  await moreForAccount(names.userName, 'Duplicate');
  await toast(page, 'Copied').waitFor();
  await eventually(() => detail(page).getByRole('region').filter({ hasText: names.userName }).filter({ has: page.getByRole('button', { name: 'Edit account' }) }).count(), 3);
  await undo('Copied');
  await eventually(() => account(page, names.userName).count(), 1);
  await moreForAccount(names.userName, 'Delete account');
  await account(page, names.userName).waitFor({ state: 'detached' });
  await undo(`“${names.userName}” deleted`);
  await account(page, names.userName).getByRole('button', { name: 'Show Password' }).click();
  await account(page, names.userName).getByText(names.password).waitFor();
});

step('an account moves to another resource', async () => {
  const target = team.secret('ledger-archive.internal');
  await addResource(page, { Name: target, Type: 'Website' });
  await row(page, names.resource).click();
  await shown(page, names.resource);
  await moreForAccount('Rotation account two', 'Move to…');
  await dialog(page).getByLabel('Find the resource').fill('archive');
  await dialog(page).getByRole('radio', { name: target }).check();
  await checkAccess(page, 'where to move an account');
  await dialog(page).getByRole('button', { name: 'Move here' }).click();
  await shown(page, target);
  await account(page, 'Rotation account two').getByRole('button', { name: 'Show API key' }).click();
  await account(page, 'Rotation account two').getByText('sk-live-5566778899aabb').waitFor();
  await row(page, names.resource).click();
  await shown(page, names.resource);
  await account(page, 'Rotation account two').waitFor({ state: 'detached' });
});

step('a resource moves to another vault with its secrets, and back', async () => {
  await addVault(page, names.otherVault);
  await node(page, new RegExp(names.inner)).click();
  await row(page, names.resource).click();
  await shown(page, names.resource);
  await more('Move to…');
  await checkAccess(page, 'where to move a resource');
  await dialog(page).getByLabel('Where to').selectOption({ label: names.otherVault });
  await dialog(page).getByRole('button', { name: 'Move here' }).click();
  await toast(page, 'Moved').waitFor();
  await detail(page).getByText(names.otherVault, { exact: true }).waitFor();
  await account(page, names.userName).getByRole('button', { name: 'Show Password' }).click();
  await account(page, names.userName).getByText(names.password).waitFor();
  await undo('Moved');
  await node(page, new RegExp(names.inner)).click();
  await eventually(listed, ['ledger-archive.internal', names.resource]);
});

step('a resource is copied, deleted by key, and taken back', async () => {
  await row(page, names.resource).click();
  await shown(page, names.resource);
  await more('Copy to…');
  await dialog(page).getByLabel('Where to').selectOption({ label: names.otherVault });
  await dialog(page).getByRole('button', { name: 'Copy here' }).click();
  await toast(page, 'Copied').waitFor();
  await node(page, new RegExp(names.otherVault)).click();
  await eventually(listed, [names.resource]);
  await node(page, new RegExp(names.inner)).click();
  await eventually(listed, ['ledger-archive.internal', names.resource]);
  await row(page, names.resource).click();
  await page.getByRole('listbox', { name: 'Resources' }).press('Delete');
  await eventually(listed, ['ledger-archive.internal']);
  await undo(`“${names.resource}” deleted`);
  await eventually(listed, ['ledger-archive.internal', names.resource]);
});

step('a group goes with what is in it, and comes back with it', async () => {
  await node(page, new RegExp(names.renamedGroup)).click();
  await chooseForList(page, 'Delete group');
  await node(page, new RegExp(names.inner)).waitFor({ state: 'detached' });
  await undo(`“${names.renamedGroup}” deleted`);
  await node(page, new RegExp(names.inner)).click();
  await eventually(listed, ['ledger-archive.internal', names.resource]);
});

step('a group is copied and moved with what is in it', async () => {
  const groups = () => node(page, new RegExp(names.inner)).count();
  await chooseForList(page, 'Copy to…');
  await dialog(page).getByLabel('Where to').selectOption({ label: names.otherVault });
  await dialog(page).getByRole('button', { name: 'Copy here' }).click();
  await toast(page, 'Copied').waitFor();
  await eventually(groups, 2);
  await eventually(listed, ['ledger-archive.internal', names.resource]);
  await undo('Copied');
  await eventually(groups, 1);
  await node(page, new RegExp(names.inner)).click();
  await chooseForList(page, 'Move to…');
  await dialog(page).getByLabel('Where to').selectOption({ label: names.otherVault });
  await dialog(page).getByRole('button', { name: 'Move here' }).click();
  await toast(page, 'Moved').waitFor();
  await eventually(() => node(page, new RegExp(names.inner)).getAttribute('aria-level'), '2');
  await row(page, names.resource).click();
  await account(page, names.userName).getByRole('button', { name: 'Show Password' }).click();
  await account(page, names.userName).getByText(names.password).waitFor();
  await undo('Moved');
  await eventually(() => node(page, new RegExp(names.inner)).getAttribute('aria-level'), '3');
});

step('a vault goes only after a question, and comes back', async () => {
  await node(page, new RegExp(names.otherVault)).click();
  await chooseForList(page, 'Delete vault');
  await dialog(page).getByText(`“${names.otherVault}” and its 1 resources go out of reach`).waitFor();
  await checkAccess(page, 'the question before a vault goes');
  await dialog(page).getByRole('button', { name: 'Delete' }).click();
  await node(page, new RegExp(names.otherVault)).waitFor({ state: 'detached' });
  await undo(`“${names.otherVault}” deleted`);
  await node(page, new RegExp(names.otherVault)).click();
  await eventually(listed, [names.resource]);
});

step('the list is filtered and sorted', async () => {
  await node(page, /All resources/).click();
  await page.getByLabel('Filter this list').fill('archive');
  await eventually(listed, ['ledger-archive.internal']);
  await page.getByLabel('Filter this list').fill('nothing of that kind');
  await page.getByText('Nothing found').waitFor();
  await page.getByRole('button', { name: 'Clear filter' }).click();
  await eventually(listed, ['ledger-archive.internal', names.resource, names.resource]);
  await page.getByRole('button', { name: 'Sort' }).click();
  await page.getByRole('menuitemradio', { name: 'Type' }).click();
  await eventually(listed, [names.resource, names.resource, 'ledger-archive.internal']);
});

step('everything is reached by keys alone', async () => {
  await page.getByRole('tree', { name: 'Vaults' }).focus();
  await page.keyboard.press('Home');
  // Everything, favourites, what was opened last, health, one's own vault, and then the others.
  for (let line = 0; line < 5; line += 1) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Main vault' }).waitFor();
  await page.getByRole('tree', { name: 'Vaults' }).press('Home');
  await page.keyboard.press('Enter');
  await page.keyboard.press('/');
  await page.keyboard.type('archive');
  await eventually(listed, ['ledger-archive.internal']);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await shown(page, 'ledger-archive.internal');
  const tree = page.getByRole('tree', { name: 'Vaults' });
  await node(page, new RegExp(names.renamedVault)).click();
  await tree.press('ArrowLeft');
  await node(page, new RegExp(names.inner)).waitFor({ state: 'detached' });
  await tree.press('ArrowRight');
  await node(page, new RegExp(names.inner)).waitFor();
  await tree.press('F2');
  await dialog(page).getByRole('heading', { name: 'Rename vault' }).waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await dialog(page).getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
  await checkAccess(page, 'the keyboard shortcuts');
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
});

step('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
