// The rest of the life of a request, by three people in three browsers: two approvals, a queue, an emergency, a window to
// come, and the end of a lease by the clock.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before } from 'node:test';
import { checkAccess } from './harness/browser.js';
import { look } from './harness/look.js';
import { dialog, eventually, openSettings, save, toast } from './harness/person.js';
import { ask, button, card, list, makeCustodians, openRequests, openRouter, password, policyOf, requests, router, startRequests } from './harness/requests.js';
import { story } from './harness/story.js';

const step = story();
const HOUR = 3_600;
const pin = 'pin 5571 of the console';
let team;
let page;
let li;
let sun;
before(async () => {
  ({ team, page, li, sun } = await startRequests({ clock: true }));
  // Time passes by hours below, and nobody is there.
  for (const window of [page, li, sun]) {
    await openSettings(window);
    await window.getByLabel('Lock after').selectOption('Never');
    await toast(window, 'Saved').last().waitFor();
  }
  await makeCustodians(page, 'li.na', 'sun.wei');
  await button(router(page), 'Edit account').click();
  await button(dialog(page), 'Hidden').click();
  await dialog(page).getByLabel('Label').last().fill(team.secret('Console PIN'));
  await dialog(page).getByLabel('Value', { exact: true }).last().fill(team.secret(pin));
  await save(page);
});
afterEach((test) => team.check(test));
after(() => team?.close());

const approve = (window) => button(card(window, 'To approve'), 'Approve').click();
const inChinese = (window) => window.getByRole('region', { name: 'router-admin', exact: true });
const emergencies = (window) => window.locator('.emergencies').filter({ visible: true });

step('two approvals: one is not enough, and nobody approves twice', async () => {
  await policyOf(page, async (form) => {
    await form.getByLabel('Approvals before a secret is given').selectOption('2 approvals');
    await form.getByLabel('Reason').selectOption('Optional');
    await form.getByLabel('To be changed after each use').check();
    await form.getByText('People and waiting times').click();
    await form.getByLabel('Who needs no approval').selectOption('Only those who are named');
    await form.getByRole('group', { name: 'Custodians who need none' }).getByLabel('mara.lindqvist').check();
    await form.getByRole('group', { name: 'Emergency access' }).getByLabel('sun.wei').check();
  });
  await openRouter(li);
  await ask(team, li, 'the uplink in rack two is down');
  await router(li).getByText('0 of 2 approvals.').waitFor();
  for (const window of [page, sun]) await openRequests(window);
  await approve(page);
  await router(li).getByText('1 of 2 approvals.').waitFor();
  assert.equal(await button(router(li), 'Check out').count(), 0);
  assert.equal(await button(router(li), 'Show password').count(), 0);
  await eventually(() => button(card(page, 'To approve'), 'Approve').count(), 0);
  await card(sun, 'To approve').getByText(/mara\.lindqvist · /).waitFor();
  await approve(sun);
  await button(router(li), 'Check out').waitFor();
});

step('taken back by whoever asked, it is gone for those who would answer', async () => {
  await button(router(li), 'Cancel the request').click();
  await toast(li, 'Request cancelled').waitFor();
  await button(router(li), 'Ask for it').waitFor();
  await requests(sun).getByText('Nothing waits for your approval.').waitFor();
});

step('a window to come: not before, and within', async () => {
  await ask(team, li, 'maintenance in the evening', async (form) => {
    await form.getByLabel('When').selectOption('Later');
    const begins = await li.evaluate((ahead) => {
      const time = new Date(Date.now() + ahead * 1000);
      return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    }, HOUR);
    await form.getByLabel('From').fill(begins);
    await form.getByLabel('For how long').selectOption('15 minutes');
  });
  await approve(page);
  await card(sun, 'To approve').getByText(/mara\.lindqvist · /).waitFor();
  await approve(sun);
  await router(li).getByText(/Approved\. It can be checked out from/).waitFor();
  assert.equal(await button(router(li), 'Check out').count(), 0);
  await team.pass(HOUR);
  await button(router(li), 'Check out').click();
  await button(router(li), 'Show password').click();
  await router(li).getByText(password).waitFor();
});

step('the end of the time checks it in: hidden, not shown again, and to be changed', async () => {
  await openRequests(page);
  await list(page, 'In use now').filter({ hasText: 'li.na' }).waitFor();
  await team.pass(HOUR);
  await button(router(li), 'Ask for it').waitFor();
  assert.equal(await router(li).getByText(password).count(), 0);
  assert.equal(await button(router(li), 'Show password').count(), 0);
  await eventually(() => list(page, 'In use now').count(), 0);
  const due = list(page, 'To be changed').filter({ hasText: 'router-admin' });
  // One click makes a password and closes what was due.
  await button(due, 'Change it now').click();
  team.secret(await dialog(page).getByLabel('The new password').innerText());
  await button(dialog(page), 'Close').last().click();
  await due.waitFor({ state: 'detached' });
});

step('in an emergency it is taken at once, and the others are told until they have taken note', async () => {
  await openRouter(sun);
  await ask(team, sun, 'the whole floor is dark', async (form) => {
    await form.getByLabel('This is an emergency').check();
  });
  await emergencies(page).getByText('sun.wei').waitFor();
  await emergencies(page).getByText('the whole floor is dark').waitFor();
  await emergencies(li).getByText('sun.wei').waitFor();
  assert.equal(await emergencies(sun).count(), 0, 'who took it knows');
  await look(page, 'emergency');
  await button(router(sun), 'Check out').click();
  await button(router(sun), 'Check in').click();
  await button(router(sun), 'Ask for it').waitFor();
  // It is over, and still to be read.
  await emergencies(page).getByText('sun.wei').waitFor();
  await button(emergencies(page), 'Mark as read').click();
  await emergencies(page).waitFor({ state: 'detached' });
  await emergencies(li).getByText('sun.wei').waitFor();
});

step('who has to ask changes notes without the secret, and what is hidden beside it stays', async () => {
  await button(router(li), 'Edit account').click();
  await dialog(li).getByLabel('Notes').fill(team.secret('behind the second door'));
  await button(dialog(li), 'Replace').click();
  await dialog(li).getByLabel('Password', { exact: true }).fill(team.secret('ninth floor, no rack at all'));
  // What is to stay beside a new secret would have to be opened first.
  await button(dialog(li), 'Save').click();
  await dialog(li).getByRole('alert').getByText('has to be asked for and checked out first').waitFor();
  await button(dialog(li), 'Cancel').click();
  await dialog(li).waitFor({ state: 'detached' });
  await button(router(li), 'Edit account').click();
  await dialog(li).getByLabel('Notes').fill('behind the second door');
  await save(li);
  await router(li).getByText('behind the second door').waitFor();
  await openRouter(page);
  await router(page).getByText('behind the second door').waitFor();
  await router(page).getByRole('button', { name: /^Show console pin$/i }).click();
  await router(page).getByText(pin).waitFor();
});

step('three wait for one that only one person has at a time', async () => {
  await openRouter(page);
  await policyOf(page, async (form) => {
    await form.getByLabel('Approvals before a secret is given').selectOption('None');
    await form.getByLabel('One person at a time, owners included').check();
  });
  await router(li).getByText('One person has it at a time').waitFor();
  const take = async (window) => {
    await button(router(window), 'Ask for it').click();
    await button(dialog(window), 'Ask').click();
    await dialog(window).waitFor({ state: 'detached' });
  };
  await take(page);
  await button(router(page), 'Check out').click();
  await router(li).getByText(/In use by mara\.lindqvist until/).waitFor();
  await take(li);
  await router(li).getByText('1 before you in the queue.').waitFor();
  await take(sun);
  await router(sun).getByText('2 before you in the queue.').waitFor();
  await button(router(page), 'Check in').click();
  await router(sun).getByText('1 before you in the queue.').waitFor();
  assert.equal(await button(router(sun), 'Check out').count(), 0, 'it is not her turn');
  await button(router(li), 'Check out').click();
  await router(sun).getByText(/In use by li\.na until/).waitFor();
  // Whoever has it sees when a custodian ends that.
  await openRequests(page);
  await button(list(page, 'In use now').filter({ hasText: 'li.na' }), 'Check in by force').click();
  await button(router(li), 'Ask for it').waitFor();
  await openRequests(li);
  await requests(li).getByText('History', { exact: true }).click();
  await card(li, 'My earlier requests').getByText(/Checked in by the custodian mara\.lindqvist/).waitFor();
  await button(router(sun), 'Check out').click();
  await button(router(sun), 'Check in').click();
  await button(router(sun), 'Ask for it').waitFor();
});

step('whoever needs no approval says why, where a policy asks', async () => {
  await openRouter(page);
  await policyOf(page, async (form) => {
    await form.getByLabel('One person at a time, owners included').uncheck();
    await form.getByLabel('Reason').selectOption('Required');
  });
  await button(router(page), 'Show password').click();
  const question = page.getByRole('dialog', { name: 'A reason is asked for' });
  await question.getByLabel('Reason').fill(team.secret('the yearly check of the racks'));
  await checkAccess(page, 'the question for a reason');
  await look(page, 'requests-reason');
  await button(question, 'Go on').click();
  await button(router(page), 'Hide password').waitFor();
  // Each time anew.
  await button(router(page), 'Copy password').click();
  await button(question, 'Cancel').click();
  await toast(page, 'asks for a reason').waitFor();
});

step('what somebody approved counts no more when they are suspended before it is used', async () => {
  await openRouter(page);
  await policyOf(page, async (form) => {
    await form.getByLabel('Approvals before a secret is given').selectOption('2 approvals');
    await form.getByLabel('One person at a time, owners included').uncheck();
  });
  await openRouter(li);
  await ask(team, li, 'the third uplink is down, too');
  await openRequests(sun);
  await approve(sun);
  await router(li).getByText('1 of 2 approvals.').waitFor();
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('listitem').filter({ hasText: 'sun.wei' }).getByRole('button', { name: 'More for sun.wei' }).click();
  await page.getByRole('menuitem', { name: 'Suspend' }).click();
  await button(dialog(page), 'Suspend').click();
  await dialog(page).waitFor({ state: 'detached' });
  await openRequests(page);
  await card(page, 'To approve').getByText('No longer counts').waitFor();
  await approve(page);
  await eventually(() => button(card(page, 'To approve'), 'Approve').count(), 0);
  await card(page, 'Open, and not for you to approve').getByText('1 of 2 approvals.').waitFor();
  await router(li).getByText('1 of 2 approvals.').waitFor();
  assert.equal(await button(router(li), 'Check out').count(), 0);
});

step('a policy that names whoever is suspended is saved without them', async () => {
  await openRouter(page);
  await policyOf(page, async (form) => {
    await form.getByText(/No custodians any more, and taken out when this is saved: sun\.wei/).waitFor();
    await form.getByLabel('Approvals before a secret is given').selectOption('One approval');
    await look(page, 'policy-left-out');
  });
});

step('all of it in Chinese, and the reports of it', async () => {
  await button(router(li), 'Cancel the request').click();
  await button(router(li), 'Ask for it').waitFor();
  await ask(team, li, '二号机柜的上行链路中断，需要登录路由器排查');
  const device = await team.openDevice({ locale: 'zh-CN' });
  device.expect(/status of 4\d\d/);
  const window = await device.open('/sign-in');
  await window.getByLabel('应急恢复套件').fill(team.kit.text);
  await window.getByText('恢复套件完整').waitFor();
  await window.getByLabel('登录名').fill(team.kit.login);
  await window.getByLabel('密码', { exact: true }).fill(team.kit.password);
  await button(window, '登录').click();
  await window.getByRole('link', { name: /^申请/ }).click();
  const shown = window.getByRole('region', { name: '申请' });
  await shown.getByText('二号机柜的上行链路中断').waitFor();
  await window.getByText('紧急情况下未经审批取用').filter({ visible: true }).waitFor();
  await shown.getByText('历史', { exact: true }).click();
  await shown.getByRole('list', { name: '他人的历史申请' }).getByRole('listitem').first().waitFor();
  await look(window, 'requests-zh');
  await button(window.locator('.emergencies').filter({ visible: true }), '标为已读').click();
  await window.getByRole('treeitem', { name: /全部资源/ }).click();
  await window.getByRole('option', { name: /core-router-5/ }).click();
  await inChinese(window).getByRole('button', { name: '此账号的更多操作' }).click();
  await window.getByRole('menuitem', { name: '账号的审批策略' }).click();
  await dialog(window).getByText('人员与等待时间').click();
  await look(window, 'lease-policy-zh');
  await window.keyboard.press('Escape');
  await dialog(window).waitFor({ state: 'detached' });
  await window.getByRole('link', { name: '报告', exact: true }).click();
  await window.getByRole('img', { name: /^每日的机密申请/ }).waitFor();
  await look(window, 'reports-zh');
  await window.getByRole('button', { name: '设置与更多' }).click();
  await window.getByRole('menuitem', { name: '设置' }).click();
  const hooks = window.getByRole('region', { name: 'Webhook', exact: true });
  await button(hooks, '新建 Webhook').click();
  await dialog(window).getByRole('textbox').first().fill('https://hooks.example.org/sealward/incoming');
  await button(dialog(window), '保存').click();
  await dialog(window).locator('.service-token').waitFor();
  await button(dialog(window), '关闭').last().click();
  await hooks.getByRole('list', { name: 'Webhook' }).getByRole('listitem').first().scrollIntoViewIfNeeded();
  await look(window, 'webhooks-zh');
  await openSettings(li);
  await li.getByLabel('Language').selectOption('简体中文');
  await li.getByRole('treeitem', { name: /全部资源/ }).click();
  await li.getByRole('option', { name: /core-router-5/ }).click();
  await button(inChinese(li), '撤回申请').click();
  await button(inChinese(li), '申请使用').click();
  await dialog(li).getByLabel('时间', { exact: true }).selectOption('稍后');
  await look(li, 'ask-zh');
  await button(dialog(li), '取消').click();
  await dialog(li).waitFor({ state: 'detached' });
  await li.getByRole('button', { name: '设置与更多' }).click();
  await li.getByRole('menuitem', { name: '设置' }).click();
  await li.getByLabel('语言').selectOption('English');
  await openRouter(li);
});

step('the reports count requests, tell who approves whom, and are saved as sheets without formulas', async () => {
  await page.getByRole('link', { name: 'Reports' }).click();
  const reports = page.getByRole('region', { name: 'Reports', exact: true });
  await reports.getByRole('img', { name: /^Requests for secrets, day by day/ }).waitFor();
  const pairs = reports.getByRole('region', { name: 'Who approves whom' });
  const rows = (await pairs.getByRole('row').allInnerTexts()).map((row) => row.split('\t'));
  assert.deepEqual(rows.slice(1), [['mara.lindqvist', 'li.na', '3'], ['sun.wei', 'li.na', '3']]);
  await reports.getByRole('list', { name: 'Time to approve' }).getByText('The slowest').waitFor();
  const passwords = reports.getByRole('region', { name: 'Passwords by vault' });
  assert.equal(await passwords.getByRole('row').count(), 2, 'heads, and a vault');
  const saved = page.waitForEvent('download');
  await reports.getByRole('button', { name: 'Save as CSV: Who approves whom' }).click();
  const file = await saved;
  assert.match(file.suggestedFilename(), /^approvals-\d{4}-\d\d-\d\d\.csv$/);
  const text = await readFile(await file.path(), 'utf8');
  assert.equal(text, '\ufeff"Approved by","Asked by","Approvals"\r\n"mara.lindqvist","li.na","3"\r\n"sun.wei","li.na","3"\r\n');
  await look(page, 'reports');
  // Refused sign-ins lead to what was refused.
  await reports.getByRole('link', { name: /Refused sign-ins/ }).click();
  const filters = page.getByRole('group', { name: 'Filters' });
  await eventually(() => filters.getByLabel('Kind').evaluate((select) => select.selectedOptions[0].textContent), 'Refusals');
});

step('the server has seen neither secret, reason nor notes', async () => {
  await team.checkRemains();
});
