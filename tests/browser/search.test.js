// Search over everything as one types: ranked, tolerant of a slip, Chinese by pinyin too, and all by keys.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess } from './harness/browser.js';
import { addGroup, addResource, addVault, dialog, eventually, inside, node, shown, unlock } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
let team;
let page;
before(async () => {
  team = await startTeam();
  page = team.page;
  const known = (text) => team.secret(text);
  await addResource(page, { Name: known('kubernetes-master-03'), 'DNS name or IP': known('k8s-03.cluster.example'), 'User name': known('cluster-root'), Password: known('seventeen blue ladders') });
  await addResource(page, { Name: known('Quarterly ledger'), URL: known('https://ledger.cluster.example/app'), 'User name': known('bookkeeper'), Password: known('another blue ladder') }, { Notes: known('Owned by the controllers'), Tags: known('controlling') });
  await addVault(page, known('财务部门共享保险库'));
  await addGroup(page, known('华东数据中心机房'));
  await addResource(page, { Name: known('北京服务器主机甲'), 'User name': known('系统管理员账户'), Password: known('第三个蓝色的梯子') });
});
afterEach((test) => team.check(test));
after(() => team?.close());

const field = () => page.getByRole('combobox', { name: 'Search' });
const hits = () => page.getByRole('listbox', { name: 'Results' }).getByRole('option');
const first = () => hits().first().locator('.row-name').innerText();
const selected = () => page.getByRole('listbox', { name: 'Results' }).getByRole('option', { selected: true }).locator('.row-name').innerText();

async function search(text) {
  if ((await field().count()) === 0) await page.keyboard.press('Control+k');
  await field().fill(text);
}

step('Ctrl-K opens it from anywhere, and it starts with what can be done to what is open', async () => {
  await page.keyboard.press('Control+k');
  await eventually(() => field().evaluate((element) => element === document.activeElement), true);
  await eventually(first, 'Copy the secret');
  await checkAccess(page, 'the commands');
  await page.keyboard.press('Escape');
  await field().waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Search' }).click();
  await field().waitFor();
});

for (const [what, typed, found] of [
  ['a part of a name', 'master-03', 'kubernetes-master-03'],
  ['a name with a wrong letter', 'kubermetes', 'kubernetes-master-03'],
  ['a name with two letters swapped', 'kubrenetes', 'kubernetes-master-03'],
  ['the first letters of two words', 'quart led', 'Quarterly ledger'],
  ['a DNS name', 'k8s-03', 'kubernetes-master-03'],
  ['a URL', 'ledger.cluster', 'Quarterly ledger'],
  ['a tag', 'controlling', 'Quarterly ledger'],
  ['a note', 'controllers', 'Quarterly ledger'],
  ['Chinese', '服务器', '北京服务器主机甲'],
  ['pinyin', 'beijing', '北京服务器主机甲'],
  ['initials of pinyin', 'bjfwq', '北京服务器主机甲'],
  ['pinyin of a group', 'huadong', '华东数据中心机房'],
  ['pinyin of a vault', 'caiwu', '财务部门共享保险库'],
]) {
  step(`finds by ${what}`, async () => {
    await search(typed);
    await eventually(first, found);
  });
}

step('finds an account by its user name', async () => {
  await search('cluster-root');
  await eventually(async () => (await hits().locator('.row-text').allInnerTexts()).some((text) => text.includes('cluster-root')), true);
});

step('never finds by what is secret', async () => {
  for (const secret of ['seventeen blue', '蓝色的梯子']) {
    await search(secret);
    await page.getByText('Nothing found').waitFor();
  }
  await checkAccess(page, 'a search that finds nothing');
});

step('marks what was found, and counts it aloud', async () => {
  await search('kubernetes');
  await eventually(() => hits().first().locator('mark').first().innerText(), 'kubernetes');
  await dialog(page).getByRole('status').filter({ hasText: /^\d+ found$/ }).waitFor({ state: 'attached' });
  await checkAccess(page, 'what was found');
});

step('arrows choose and Enter opens', async () => {
  await search('ledger');
  await eventually(first, 'Quarterly ledger');
  const all = await hits().locator('.row-name').allInnerTexts();
  await page.keyboard.press('ArrowDown');
  await eventually(selected, all[1 % all.length]);
  await page.keyboard.press('ArrowUp');
  await eventually(selected, 'Quarterly ledger');
  await page.keyboard.press('Enter');
  await field().waitFor({ state: 'detached' });
  await shown(page, 'Quarterly ledger');
});

step('Enter runs a command', async () => {
  await search('settings');
  await eventually(first, 'Settings');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
});

step('while an input method composes, no key is a shortcut and Enter opens nothing', async () => {
  await node(page, /All resources/).click();
  await search('');
  const browser = await team.owner.context.newCDPSession(page);
  await browser.send('Input.imeSetComposition', { text: 'beijing', selectionStart: 7, selectionEnd: 7 });
  await eventually(first, '北京服务器主机甲');
  await composingKey('ArrowDown');
  await composingKey('Enter');
  await page.waitForTimeout(300);
  assert.equal(await field().count(), 1, 'the palette is still there');
  assert.equal(await selected(), '北京服务器主机甲');
  await browser.send('Input.insertText', { text: '北京' });
  assert.equal(await field().inputValue(), '北京');
  await eventually(first, '北京服务器主机甲');
  await page.keyboard.press('Enter');
  await shown(page, '北京服务器主机甲');

  await page.getByLabel('Filter this list').focus();
  await composingKey('k', { ctrlKey: true });
  await composingKey('?');
  await page.waitForTimeout(300);
  assert.equal(await page.getByRole('dialog').count(), 0);
});

step('a form is not sent by the Enter of an input method', async () => {
  await page.getByRole('button', { name: 'New vault' }).first().click();
  await dialog(page).getByLabel('Name').focus();
  const browser = await team.owner.context.newCDPSession(page);
  await browser.send('Input.insertText', { text: team.secret('还没有写完的名称') });
  await composingKey('Enter');
  await dialog(page).locator('form').evaluate((form) => form.requestSubmit());
  await page.waitForTimeout(500);
  assert.equal(await dialog(page).count(), 1);
  assert.equal(await node(page, /还没有写完的名称/).count(), 0);
  await page.keyboard.press('Escape');
});

// A key that belongs to an input method, as Chromium reports it.
async function composingKey(key, modifiers = {}) {
  await page.evaluate(([key, modifiers]) => {
    const event = new KeyboardEvent('keydown', { key, isComposing: true, bubbles: true, cancelable: true, ...modifiers });
    document.activeElement.dispatchEvent(event);
  }, [key, modifiers]);
}

step('names are sorted as their language does', async () => {
  await page.keyboard.press('Escape');
  await node(page, /Main vault/).click();
  for (const name of ['Ägypten archive', 'Zebra printer', 'apfel archive']) await addResource(page, { Name: team.secret(name) });
  await eventually(
    () => page.getByRole('listbox', { name: 'Resources' }).locator('.row-name').allTextContents(),
    ['Ägypten archive', 'apfel archive', 'kubernetes-master-03', 'Quarterly ledger', 'Zebra printer'],
  );
});

step('what was opened again after locking is found as before', async () => {
  await page.keyboard.press('Control+Shift+L');
  await unlock(page);
  await inside(page);
  await search('bjfwq');
  await eventually(first, '北京服务器主机甲');
});

step('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
