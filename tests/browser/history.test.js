// Earlier versions of a secret: listed, shown, copied and restored one at a time, in both languages, themes and widths.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkAccess, narrow, wide } from './harness/browser.js';
import { account, addResource, clipboard, detail, dialog, eventually, signInWithKit, toast } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const pictures = fileURLToPath(new URL('../../target/screenshots/', import.meta.url));
const first = 'first-anchor-19';
const second = 'second-ladder-27';
const third = 'third-meadow-38';
let team;
let page;
before(async () => {
  await mkdir(pictures, { recursive: true });
  team = await startTeam();
  page = team.page;
  for (const text of [first, second, third, 'Ledger of versions', 'versioned_user']) team.secret(text);
  await addResource(page, { Name: 'Ledger of versions', 'User name': 'versioned_user', Password: first });
});
afterEach((test) => team.check(test));
after(() => team?.close());

async function change(password) {
  await account(page, 'versioned_user').getByRole('button', { name: 'Edit account' }).click();
  await dialog(page).getByRole('button', { name: 'Replace', exact: true }).click();
  await dialog(page).getByLabel('Password', { exact: true }).fill(password);
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await dialog(page).waitFor({ state: 'detached' });
}

const open = async () => {
  await account(page, 'versioned_user').getByRole('button', { name: 'More for this account' }).click();
  await page.getByRole('menuitem', { name: 'History of the secret' }).click();
  await dialog(page).locator('.version').first().waitFor();
};
const version = (number) => dialog(page).locator('.version').filter({ hasText: `Version ${number}` });

step('one version is all that there is at first', async () => {
  await open();
  assert.equal(await dialog(page).locator('.version').count(), 1);
  await dialog(page).getByText('There is one version so far.').waitFor();
  await page.keyboard.press('Escape');
});

step('every change stays, with who and when', async () => {
  await change(second);
  await change(third);
  await open();
  assert.deepEqual(await dialog(page).locator('.version strong').allTextContents(), ['Version 3', 'Version 2', 'Version 1']);
  assert.match(await version(1).innerText(), /mara\.lindqvist/);
  assert.match(await version(3).innerText(), /In force/);
  assert.equal(await version(3).getByRole('button', { name: /Restore/ }).count(), 0);
});

step('one is shown, and no other with it', async () => {
  await version(1).getByRole('button', { name: 'Show password of version 1' }).click();
  await eventually(() => version(1).locator('.secret-shown').innerText(), first);
  assert.equal(await dialog(page).locator('.secret-shown').count(), 1);
  await version(2).getByRole('button', { name: 'Copy password of version 2' }).click();
  await eventually(() => clipboard(page), second);
});

step('one is restored after a question', async () => {
  await version(1).getByRole('button', { name: 'Restore version 1' }).click();
  await version(1).getByText('Use this secret again?').waitFor();
  await checkAccess(page, 'the question before a version is restored');
  await version(1).getByRole('button', { name: 'Restore', exact: true }).click();
  await toast(page, 'Version 1 is in force again').waitFor();
  await eventually(() => dialog(page).locator('.version strong').allTextContents(), ['Version 4', 'Version 3', 'Version 2', 'Version 1']);
  await page.keyboard.press('Escape');
  await detail(page).getByRole('button', { name: 'Show password' }).click();
  await eventually(() => detail(page).locator('.secret-shown').innerText(), first);
});

for (const [lang, locale, more, item] of [['en', 'en-US', 'More for this account', 'History of the secret'], ['zh', 'zh-CN', '此账号的更多操作', '密码的历史版本']]) {
  step(`${lang}: the history in both themes and widths`, async () => {
    const path = new URL(page.url()).pathname;
    const device = await team.openDevice({ locale });
    const window = await device.open('/');
    if (lang === 'en') await signInWithKit(window, team.kit);
    else {
      await window.goto('/sign-in');
      await window.getByLabel('应急恢复套件').fill(team.kit.text);
      await window.getByText('恢复套件完整').waitFor();
      await window.getByLabel('登录名', { exact: true }).fill(team.kit.login);
      await window.getByLabel('密码', { exact: true }).fill(team.kit.password);
      await window.getByRole('button', { name: '登录', exact: true }).click();
    }
    await window.getByRole('treeitem').first().waitFor();
    await window.getByRole('treeitem').first().click();
    await window.getByRole('option', { name: 'Ledger of versions' }).click();
    assert.ok(path.length > 0);
    await window.getByRole('button', { name: more }).click();
    await window.getByRole('menuitem', { name: item }).click();
    await window.locator('.version').first().waitFor();
    for (const [theme, viewport] of [['light', wide], ['dark', wide], ['light', narrow], ['dark', narrow]]) {
      await window.setViewportSize(viewport);
      await window.emulateMedia({ colorScheme: theme });
      const width = await window.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= viewport.width, `${width} px at ${viewport.width}`);
      await checkAccess(window, `history, ${lang}, ${theme}, ${viewport.width} px`);
      await window.screenshot({ path: `${pictures}history-${lang}-${theme}-${viewport.width}.png` });
    }
  });
}

step('nothing secret is on the server', async () => team.checkRemains());
