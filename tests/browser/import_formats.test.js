// The files of other programs in a browser: each family once, columns named by hand, what is refused, both languages,
// and a telephone's width.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { look as lookAt } from './harness/look.js';
import { account, addVault, detail, dialog, eventually, node, row, rows, shown } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';
import { zip } from './harness/zip.js';

const step = story();
const fixture = (path) => readFile(fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url)));
let team;
let page;
before(async () => {
  team = await startTeam();
  page = team.page;
});
afterEach((test) => team.check(test));
after(() => team?.close());

const listed = () => rows(page).locator('.row-name').allTextContents();
const format = () => dialog(page).getByLabel('Recognised as').evaluate((field) => field.selectedOptions[0].text);

async function choose(name, buffer) {
  await page.getByRole('button', { name: 'Settings and more' }).click();
  await page.getByRole('menuitem', { name: 'Import' }).click();
  await dialog(page).getByText('Choose a file, or drop it here').waitFor();
  await dialog(page).locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
}

async function figures() {
  const items = await dialog(page).locator('.figures li').allInnerTexts();
  return Object.fromEntries(items.map((text) => text.match(/^([\d,]+)\s*(.*)$/).slice(1)).map(([number, what]) => [what, Number(number.replaceAll(',', ''))]));
}

async function run() {
  await dialog(page).getByRole('button', { name: 'Import', exact: true }).click();
  await dialog(page).getByText('Done. Everything is sealed and stored.').waitFor({ timeout: 60_000 });
}

async function show() {
  await dialog(page).getByRole('button', { name: 'Show', exact: true }).click();
  await dialog(page).waitFor({ state: 'detached' });
}

async function leave() {
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
}

const look = (place) => lookAt(page, `import-${place}`);

const onePassword = async () => zip({
  'export.attributes': await fixture('onepassword/export.attributes'),
  'export.data': await fixture('onepassword/export.data'),
  'files/doc1__contract.txt': await fixture('onepassword/files/doc1__contract.txt'),
  'files/doc2__licence.pdf': await fixture('onepassword/files/doc2__licence.pdf'),
});

step('nothing of the reader is loaded before it is needed', async () => {
  const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map((entry) => entry.name));
  assert.deepEqual(loaded.filter((name) => name.includes('/reader-')), []);
});

step('a 1Password export brings vaults, fields, codes and earlier passwords', async () => {
  for (const text of ['Old database', 'Deploy key', 'gina@mail.example', 'https://forge.example', 'the whole text is secret', 'contract.txt', 'of 2024, signed']) team.secret(text);
  await addVault(page, team.secret('Brought from 1Password'));
  await choose('export.1pux', await onePassword());
  await dialog(page).getByText('1Password (1PUX), ZIP, 9 rows').waitFor();
  await look('preview');
  await run();
  assert.deepEqual((({ resources, accounts, 'there already': known }) => ({ resources, accounts, known }))(await figures()), { resources: 7, accounts: 7, known: 0 });
  await show();
  await node(page, /Private/).click();
  await eventually(async () => (await listed()).toSorted(), ['Card', 'Forge', 'Old database']);
  await row(page, 'Forge').click();
  await shown(page, 'Forge');
  const gina = account(page, 'gina');
  await gina.getByText('blue', { exact: true }).waitFor();
  await gina.getByText('favourite, build, ci', { exact: true }).waitFor();
  await gina.getByRole('button', { name: 'Show PIN' }).click();
  await gina.getByText('7755').waitFor();
});

step('what was attached is listed and comes down as it was', async () => {
  const gina = account(page, 'gina');
  await gina.getByText('contract.txt', { exact: true }).waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), gina.getByRole('button', { name: 'Download contract.txt' }).click()]);
  assert.equal(download.suggestedFilename(), 'contract.txt');
  assert.equal(await readFile(await download.path(), 'utf8'), 'of 2024, signed');
});

step('the same export again adds nothing', async () => {
  await choose('export.1pux', await onePassword());
  await run();
  const { accounts, 'there already': known } = await figures();
  assert.deepEqual({ accounts, known }, { accounts: 0, known: 7 });
  await show();
});

const files = [
  ['chrome/passwords.csv', 'Chrome, Edge', { resources: 3, accounts: 4 }],
  ['firefox/passwords.csv', 'Firefox', { resources: 2, accounts: 3 }],
  ['safari/Passwords.csv', 'Safari, Apple Passwords', { resources: 2, accounts: 2 }],
  ['bitwarden_csv/person.csv', 'Bitwarden (CSV)', { resources: 3, accounts: 3 }],
  ['lastpass/lastpass_export.csv', 'LastPass', { resources: 5, accounts: 5 }],
  ['keepassxc_csv/database.csv', 'KeePassXC (CSV)', { resources: 3, accounts: 3 }],
  ['passbolt/kdbx.csv', 'Passbolt', { resources: 2, accounts: 2 }],
  ['proton_csv/proton.csv', 'Proton Pass (CSV)', { resources: 3, accounts: 3 }],
  ['jumpserver/account.csv', 'JumpServer', { resources: 1, accounts: 2 }],
  ['jumpserver/account.xlsx', 'JumpServer', { resources: 1, accounts: 2 }],
  ['pmp/resources.xlsx', 'Password Manager Pro', { resources: 2, accounts: 3 }],
];
for (const [path, name, expected] of files) {
  step(`${path} is recognised`, async () => {
    await choose(path.split('/')[1], await fixture(path));
    await dialog(page).getByLabel('Recognised as').waitFor();
    assert.equal(await format(), name);
    const { resources, accounts } = await figures();
    assert.deepEqual({ resources, accounts }, expected);
    await leave();
  });
}

step('the zips of Dashlane and Proton Pass are recognised', async () => {
  const dashlane = {};
  for (const name of ['credentials', 'ids', 'payments', 'personalInfo', 'securenotes', 'wifi']) dashlane[`${name}.csv`] = await fixture(`dashlane/${name}.csv`);
  await choose('dashlane.zip', zip(dashlane));
  await dialog(page).getByText('Dashlane, ZIP, 6 rows').waitFor();
  await leave();
  await choose('proton.zip', zip({ 'Proton Pass/data.json': await fixture('proton/data.json'), 'Proton Pass/files/plan.78e91fe938d5208c.txt': 'floor plan' }));
  await dialog(page).getByText('Proton Pass, ZIP, 7 rows').waitFor();
  await dialog(page).getByText(/rows are not taken$/).click();
  await dialog(page).getByText('An address that only forwards').waitFor();
  await leave();
});

step('a workbook with Chinese headers comes in', async () => {
  await addVault(page, team.secret('工作簿导入的保险库'));
  await choose('资源.xlsx', await fixture('pmp/resources.xlsx'));
  await dialog(page).getByText('Password Manager Pro, ZIP, 4 rows').waitFor();
  await run();
  assert.deepEqual(await figures(), { resources: 2, accounts: 3, 'there already': 0, 'not taken': 1 });
  await show();
  await row(page, '财务数据库').click();
  await shown(page, '财务数据库');
  await account(page, '财务管理员').getByRole('button', { name: 'Show Password' }).click();
  await account(page, '财务管理员').getByText('口令 & <一>').waitFor();
});

const what = (heading) => dialog(page).getByLabel(`What “${heading}” holds`);

step('the columns of an unknown sheet are named by hand', async () => {
  for (const text of ['pump-1', 'Geheim 1', 'Halle 3']) if (text.length >= 6) team.secret(text);
  await addVault(page, team.secret('Pumps of the plant'));
  await choose('fleet.csv', await fixture('columns/fleet.csv'));
  await what('Gerät').waitFor();
  await dialog(page).getByText('pump-1 · pump-2').waitFor();
  assert.equal(await dialog(page).getByText('4711').count(), 0, 'what sounds secret is not shown');
  await look('columns');
  await dialog(page).getByRole('button', { name: 'Continue' }).click();
  await dialog(page).getByRole('alert').filter({ hasText: 'Choose a column' }).waitFor();
  await what('Gerät').selectOption('Resource name');
  await what('Konto').selectOption('User name');
  await what('Kennwort').selectOption('Password or other secret');
  assert.equal(await dialog(page).getByText('Geheim 1').count(), 0, 'nor what is said to be secret');
  await what('Ordner').selectOption('Group, as a path');
  await dialog(page).getByRole('button', { name: 'Continue' }).click();
  await dialog(page).getByText('Any sheet, by its columns, UTF-8, 2 rows').waitFor();
  assert.deepEqual(await figures(), { resources: 2, accounts: 2, groups: 3, 'not taken': 0 });
  await look('mapped');
  await run();
  await show();
  await node(page, /Nord/).click();
  await row(page, 'pump-1').click();
  await shown(page, 'pump-1');
  const operator = account(page, 'operator');
  await operator.getByText('Halle 3').waitFor();
  await operator.getByRole('button', { name: 'Show PIN' }).click();
  await operator.getByText('4711').waitFor();
});

step('what was said of columns is remembered, and nothing of it in plain', async () => {
  const kept = await page.evaluate(() => JSON.stringify(localStorage));
  assert.ok(!/Gerät|Kennwort|Ordner/.test(kept), kept);
  await choose('fleet.csv', await fixture('columns/fleet.csv'));
  await what('Gerät').waitFor();
  const chosen = (field) => field.evaluate((select) => select.selectedOptions[0].text);
  assert.deepEqual([await chosen(what('Gerät')), await chosen(what('Kennwort')), await chosen(what('Ordner'))], ['Resource name', 'Password or other secret', 'Group, as a path']);
  await dialog(page).getByRole('button', { name: 'Continue' }).click();
  await run();
  const { accounts, 'there already': known } = await figures();
  assert.deepEqual({ accounts, known }, { accounts: 0, known: 2 });
  await show();
});

step('the person may know better what a sheet is', async () => {
  await choose('passwords.csv', await fixture('chrome/passwords.csv'));
  await dialog(page).getByLabel('Recognised as').selectOption('JumpServer');
  await dialog(page).getByRole('alert').or(dialog(page).getByText('JumpServer, UTF-8')).first().waitFor();
  await dialog(page).getByLabel('Recognised as').selectOption('Any sheet, by its columns');
  await what('username').waitFor();
  await leave();
});

for (const [why, name, content, says] of [
  ['a zip bomb', 'bomb.zip', () => zip({ 'passwords.csv': Buffer.alloc(64 << 20, 'a') }), 'far larger when unpacked'],
  ['a zip that climbs out', 'climb.zip', () => zip({ '../passwords.csv': 'name,url,username,password\na,b,c,d\n' }), 'The file is damaged'],
  ['an encrypted Proton export', 'sealed.zip', () => zip({ 'Proton Pass/data.pgp': 'x' }), 'protected with a password'],
  ['a picture', 'picture.png', () => Buffer.from('\x89PNG\r\n\x1a\n\xff\xff\xfe', 'latin1'), 'no text that Sealward can read'],
]) {
  step(`${why} is refused in plain words`, async () => {
    await choose(name, content());
    await dialog(page).getByRole('alert').filter({ hasText: says }).waitFor();
    await leave();
  });
}

step('20,000 rows come in', async (test) => {
  const lines = ['name,url,username,password,note'];
  for (let at = 0; at < 20_000; at += 1) lines.push(`site-${at},https://site-${at}.example/login,person-${at},Pass/word-${at},`);
  await addVault(page, team.secret('Twenty thousand rows'));
  const begin = performance.now();
  await choose('passwords.csv', Buffer.from(lines.join('\n')));
  await dialog(page).getByText('Chrome, Edge, UTF-8, 20,000 rows').waitFor({ timeout: 60_000 });
  const previewed = performance.now();
  await dialog(page).getByRole('button', { name: 'Import', exact: true }).click();
  await dialog(page).getByText('Done. Everything is sealed and stored.').waitFor({ timeout: 600_000 });
  test.diagnostic(`20,000 rows: preview in ${Math.round(previewed - begin)} ms, written in ${Math.round(performance.now() - previewed)} ms`);
  assert.deepEqual(await figures(), { resources: 20_000, accounts: 20_000, 'there already': 0, 'not taken': 0 });
  await show();
});

step('in Chinese, on a telephone', async () => {
  const device = await team.openDevice({ locale: 'zh-CN' });
  const english = page;
  page = await device.open('/sign-in');
  await page.getByLabel('应急恢复套件').fill(team.kit.text);
  await page.getByText('恢复套件完整').waitFor();
  await page.getByLabel('登录名').fill(team.kit.login);
  await page.getByLabel('密码', { exact: true }).fill(team.kit.password);
  await page.getByRole('button', { name: '登录' }).click();
  await page.getByRole('tree').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: '设置与更多' }).click();
  await page.getByRole('menuitem', { name: '导入' }).click();
  await dialog(page).getByText('支持哪些程序，如何导出').click();
  await look('programs-zh');
  await dialog(page).locator('input[type=file]').setInputFiles({ name: 'fleet.csv', mimeType: 'text/csv', buffer: await fixture('columns/fleet.csv') });
  await dialog(page).getByText('无法识别此表格').waitFor();
  await look('columns-zh');
  await page.keyboard.press('Escape');
  page = english;
});

step('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
