// Taking things out: the open formats with their warning, the encrypted ones with their password, and back in again.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before } from 'node:test';
import { checkAccess, narrow } from './harness/browser.js';
import { account, addVault, chooseForList, clipboard, dialog, eventually, row, shown } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
let team;
let page;
let backup;
let kdbx;
before(async () => {
  team = await startTeam();
  page = team.page;
});
afterEach((test) => team.check(test));
after(() => team?.close());

const password = 'amber glacier ninety thistle';

async function choose(name, buffer) {
  await page.getByRole('button', { name: 'Settings and more' }).click();
  await page.getByRole('menuitem', { name: 'Import' }).click();
  await dialog(page).locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
}

async function figures() {
  const items = await dialog(page).locator('.figures li').allInnerTexts();
  return Object.fromEntries(items.map((text) => text.match(/^([\d,]+)\s*(.*)$/).slice(1)).map(([number, what]) => [what, Number(number)]));
}

async function startExport(format) {
  await chooseForList(page, 'Export');
  await dialog(page).getByRole('radio', { name: format }).check();
}

// Presses the button and gives the file and what the page says of it.
async function finish() {
  const downloading = page.waitForEvent('download');
  await dialog(page).getByRole('button', { name: 'Export', exact: true }).click();
  const download = await downloading;
  await dialog(page).getByText(/^Done\. The browser saves/).waitFor();
  const counted = await figures();
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()), counted };
}

async function leave() {
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await dialog(page).waitFor({ state: 'detached' });
}

// With SCREENSHOTS set to a folder, what the steps see is kept there.
async function look(window, name) {
  if (process.env.SCREENSHOTS) await window.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` });
}

step('there is something to take out', async () => {
  await addVault(page, team.secret('Vault to be taken out'));
  const sheet = [
    'Resource Name,User Account,Password,Description,Resource URL,Notes',
    'export-web-01,export-root,Tak3n-0ut/one,Front,https://export-web-01.example,',
    'export-web-01,export-deploy,Tak3n-0ut/two,Front,https://export-web-01.example,',
    'export-formula,export-sum,=1+1,,,@note of an export',
  ].join('\n');
  for (const text of ['export-web-01', 'export-root', 'Tak3n-0ut/one', 'Tak3n-0ut/two', 'export-plan.txt', 'export-formula', '@note of an export']) team.secret(text);
  await choose('sheet.csv', Buffer.from(sheet));
  await dialog(page).getByRole('button', { name: 'Import', exact: true }).click();
  await dialog(page).getByText('Done. Everything is sealed and stored.').waitFor();
  await dialog(page).getByRole('button', { name: 'Show', exact: true }).click();
  await row(page, 'export-formula').waitFor();
});

step('one of them has a file and an earlier secret', async () => {
  await row(page, 'export-web-01').click();
  await shown(page, 'export-web-01');
  const card = account(page, 'export-root');
  const file = { name: 'export-plan.txt', mimeType: 'text/plain', buffer: Buffer.from(team.secret('A plan that is taken out')) };
  await card.getByLabel('Add files, or drop them here').setInputFiles(file);
  await card.getByText('export-plan.txt').waitFor();
  await eventually(() => page.locator('.transfer').count(), 0);
  await card.getByRole('button', { name: 'Edit account' }).click();
  await dialog(page).getByRole('button', { name: 'Replace', exact: true }).click();
  await dialog(page).getByLabel('Password', { exact: true }).fill(team.secret('Tak3n-0ut/later'));
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await dialog(page).waitFor({ state: 'detached' });
});

step('a sheet is written after a warning, and no cell of it is a formula', async () => {
  await startExport(/^CSV/);
  await dialog(page).getByText('2 resources, 3 accounts, 3 secrets').waitFor();
  // A sheet has no place for earlier secrets or files.
  await dialog(page).getByText(/^This format holds no files/).waitFor();
  assert.equal(await dialog(page).getByLabel(/^Earlier secrets/).count(), 0);
  assert.equal(await dialog(page).getByLabel(/^Files/).count(), 0);
  await dialog(page).getByRole('alert').getByText('This file is not encrypted.').waitFor();
  await checkAccess(page, 'the export of an open format');
  await look(page, 'export-open');
  await dialog(page).getByRole('button', { name: 'Export', exact: true }).click();
  await dialog(page).getByRole('alert').waitFor();
  await dialog(page).getByLabel('I understand that the file is in plain text').check();
  const { name, bytes, counted } = await finish();
  assert.match(name, /^Northwind-Infrastructure-\d{4}-\d\d-\d\d\.csv$/);
  assert.deepEqual(counted, { resources: 2, accounts: 3, 'secrets released': 3 });
  const text = bytes.toString('utf8');
  assert.ok(text.startsWith('\ufeff"Vault","Group","Resource"'));
  assert.ok(text.includes('"Tak3n-0ut/later"') && !text.includes('Tak3n-0ut/one') && text.includes('"\'=1+1"') && text.includes('"\'@note of an export"'));
  await dialog(page).getByText('The audit now has one event for this export; it names all 3 secrets.').waitFor();
  await checkAccess(page, 'what an export says at its end');
  await look(page, 'export-done');
  await leave();
});

step('JSON holds the tree', async () => {
  await startExport(/^JSON/);
  await dialog(page).getByLabel('I understand that the file is in plain text').check();
  await dialog(page).getByLabel('Earlier secrets (1)').waitFor();
  const { bytes, counted } = await finish();
  assert.deepEqual(counted, { resources: 2, accounts: 3, 'secrets released': 4 });
  await dialog(page).getByText('1 of them are earlier secrets.').waitFor();
  const [vault] = JSON.parse(bytes.toString('utf8')).vaults;
  assert.equal(vault.name, 'Vault to be taken out');
  const secrets = vault.resources.flatMap((resource) => resource.accounts.map((one) => one.secret)).sort();
  assert.deepEqual(secrets, ['=1+1', 'Tak3n-0ut/later', 'Tak3n-0ut/two']);
  const root = vault.resources.flatMap((resource) => resource.accounts).find((one) => one.user_name === 'export-root');
  assert.deepEqual(root.history.map((past) => past.secret), ['Tak3n-0ut/one']);
  assert.deepEqual(root.files, [{ name: 'export-plan.txt', media_type: 'text/plain', length: 24 }]);
  await leave();
});

step('an encrypted backup wants a strong password, twice', async () => {
  await startExport(/^Encrypted backup/);
  await checkAccess(page, 'the export of an encrypted format');
  await look(page, 'export-encrypted');
  await dialog(page).getByLabel('Password of the file').fill('password1');
  await dialog(page).getByLabel('The password again').fill('password2');
  await dialog(page).getByRole('button', { name: 'Export', exact: true }).click();
  await dialog(page).getByText('The two passwords are not the same.').waitFor();
  await dialog(page).getByLabel('The password again').fill('password1');
  await dialog(page).getByRole('button', { name: 'Export', exact: true }).click();
  await dialog(page).getByText(/too easy to guess/).waitFor();
  await dialog(page).getByLabel('Password of the file').fill(team.secret(password));
  await dialog(page).getByLabel('The password again').fill(password);
  assert.ok(await dialog(page).getByLabel('Earlier secrets (1)').isChecked());
  assert.ok(await dialog(page).getByLabel(/^Files \(1, 24/).isChecked());
  const written = await finish();
  assert.match(written.name, /\.sealward$/);
  assert.deepEqual(written.counted, { resources: 2, accounts: 3, 'secrets released': 4, files: 1 });
  await dialog(page).getByText('The audit now has one event for this export; it names all 4 secrets and 1 files.').waitFor();
  backup = written.bytes;
  assert.equal(backup.subarray(0, 8).toString(), 'SEALWARD');
  assert.equal(backup.indexOf('Tak3n'), -1);
  await leave();
});

step('KDBX is written from one resource', async () => {
  await row(page, 'export-web-01').click();
  await shown(page, 'export-web-01');
  await page.keyboard.press('ControlOrMeta+K');
  await page.getByRole('combobox').fill('export');
  await page.getByRole('option', { name: /^Export/ }).first().click();
  assert.equal(await dialog(page).getByLabel('What', { exact: true }).evaluate((field) => field.selectedOptions[0].text), 'export-web-01');
  await dialog(page).getByText('1 resources, 2 accounts, 2 secrets').waitFor();
  await dialog(page).getByRole('radio', { name: /^KDBX/ }).check();
  await dialog(page).getByLabel('Password of the file').fill(password);
  await dialog(page).getByLabel('The password again').fill(password);
  // Files can be left out.
  await dialog(page).getByLabel(/^Files \(1, 24/).uncheck();
  const written = await finish();
  assert.match(written.name, /\.kdbx$/);
  assert.deepEqual(written.counted, { resources: 1, accounts: 2, 'secrets released': 3 });
  kdbx = written.bytes;
  assert.equal(kdbx.readUInt32LE(0), 0x9aa2d903);
  await leave();
});

async function openEncrypted(name, bytes) {
  await choose(name, bytes);
  await dialog(page).getByText('The file is encrypted.').waitFor();
  await checkAccess(page, 'the question for a password');
  await look(page, 'import-key');
  await dialog(page).getByLabel('Password of the file').fill('not the right one');
  await dialog(page).getByRole('button', { name: 'Open' }).click();
  await dialog(page).getByText('Wrong password or key file.').waitFor({ timeout: 60_000 });
  await dialog(page).getByLabel('Password of the file').fill(password);
  await dialog(page).getByRole('button', { name: 'Open' }).click();
  await dialog(page).getByText('Into vault').waitFor({ timeout: 60_000 });
}

step('the backup comes back in another vault', async () => {
  await addVault(page, 'Restored');
  await openEncrypted('team.sealward', backup);
  const counted = await figures();
  assert.deepEqual([counted.resources, counted.accounts, counted['not taken']], [2, 3, 0]);
  await dialog(page).getByRole('button', { name: 'Import', exact: true }).click();
  await dialog(page).getByText('Done. Everything is sealed and stored.').waitFor();
  await dialog(page).getByRole('button', { name: 'Show', exact: true }).click();
  await row(page, 'export-formula').click();
  await shown(page, 'export-formula');
  await account(page, 'export-sum').getByRole('button', { name: 'Copy Password' }).click();
  await eventually(() => clipboard(page), '=1+1');
});

step('the earlier secret came back with it', async () => {
  await row(page, 'export-web-01').click();
  await shown(page, 'export-web-01');
  await account(page, 'export-root').getByRole('button', { name: 'More for this account' }).click();
  await page.getByRole('menuitem', { name: 'History of the secret' }).click();
  const version = (number) => dialog(page).locator('.version').filter({ hasText: `Version ${number}` });
  await version(2).waitFor();
  assert.equal(await dialog(page).locator('.version').count(), 2);
  await version(1).getByRole('button', { name: /^Copy/ }).click();
  await eventually(() => clipboard(page), 'Tak3n-0ut/one');
  await page.keyboard.press('Escape');
});

step('so did the file', async () => {
  const downloading = page.waitForEvent('download');
  await account(page, 'export-root').getByRole('button', { name: 'Download export-plan.txt' }).click();
  assert.equal(readFileSync(await (await downloading).path(), 'utf8'), 'A plan that is taken out');
});

step('the same backup again adds nothing', async () => {
  await openEncrypted('team.sealward', backup);
  await dialog(page).getByRole('button', { name: 'Import', exact: true }).click();
  await dialog(page).getByText('Done. Everything is sealed and stored.').waitFor();
  assert.deepEqual((await figures())['there already'], 3);
  await dialog(page).getByRole('button', { name: 'Show', exact: true }).click();
});

step('the KDBX file comes back too', async () => {
  await addVault(page, 'From KDBX');
  await openEncrypted('one.kdbx', kdbx);
  const counted = await figures();
  assert.deepEqual([counted.resources, counted.accounts, counted['not taken']], [1, 2, 0]);
  await dialog(page).getByRole('button', { name: 'Close' }).first().click();
});

step('in Chinese, dark, on a phone', async () => {
  const device = await team.openDevice({ locale: 'zh-CN', theme: 'dark', viewport: narrow });
  const other = await device.open('/sign-in');
  await other.getByLabel('应急恢复套件').fill(team.kit.text);
  await other.getByText('恢复套件完整').waitFor();
  await other.getByLabel('登录名').fill(team.kit.login);
  await other.getByLabel('密码', { exact: true }).fill(team.kit.password);
  await other.getByRole('button', { name: '登录' }).click();
  await other.getByRole('tree').waitFor({ timeout: 60_000 });
  await other.getByRole('button', { name: '设置与更多' }).click();
  await other.getByRole('menuitem', { name: '导出' }).click();
  await other.getByRole('dialog').getByText('加密备份').waitFor();
  await checkAccess(other, 'the export in Chinese on a phone');
  const overflow = await other.getByRole('dialog').evaluate((element) => element.scrollWidth - element.clientWidth);
  assert.ok(overflow <= 0, 'nothing is wider than the screen');
  await look(other, 'export-zh');
});

step('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
