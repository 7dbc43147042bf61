// Both languages, both themes, both widths, with data: named for screen readers, nothing cut off, and kept as pictures.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess, narrow, wide } from './harness/browser.js';
import { look as lookAt } from './harness/look.js';
import { addResource, addVault, dialog, eventually, inside, openSettings, password, row } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
let team;
let page;
before(async () => {
  team = await startTeam();
  page = team.page;
  await page.getByRole('button', { name: /Fill with examples/ }).click();
  await row(page, 'Web server').waitFor();
  await addResource(page, { Name: team.secret('Payroll database'), Type: 'Database', 'DNS name or IP': team.secret('payroll-09.example.internal'), 'User name': team.secret('payroll_reader'), Password: team.secret('Sunlit-Harbour-42') },
    { Description: team.secret('Salaries and time sheets'), Department: team.secret('Human resources'), Location: team.secret('Building C, basement'), Tags: team.secret('production, salaries'), Notes: team.secret('Ask Mara before a restart.') });
  await addVault(page, team.secret('财务部门共享保险库'));
  await addResource(page, { Name: team.secret('北京总部财务系统'), Type: '服务器', 'DNS name or IP': team.secret('caiwu.example.internal'), 'User name': team.secret('财务系统管理员'), Password: team.secret('蓝色的梯子与十七只鸟') }, { Notes: team.secret('每月初更换一次口令。') });
});
afterEach((test) => team.check(test));
after(() => team?.close());

const words = {
  en: {
    locale: 'en-US', lang: 'en', welcome: 'Welcome to Sealward', create: 'Create a team', kit: 'Emergency kit', complete: 'The kit is complete', login: 'Login name', password: 'Password', signIn: 'Sign in', locked: 'Locked', unlock: 'Unlock', lock: 'Lock',
    resources: 'Resources', details: 'Details', resource: 'Payroll database', account: 'payroll_reader', show: 'Show password', settings: 'Settings', newResource: 'New resource', newVault: 'New vault', import: 'Import', shortcuts: 'Keyboard shortcuts',
    changePassword: 'Change password', showKit: 'Show the kit', replaceKit: 'Replace the kit', editAccount: 'Edit account', search: 'Search', query: 'payroll data', all: /All resources/, back: 'Back', sessions: 'Sessions', move: 'Move to…', more: 'More for this resource', shown: 'Show', join: 'Join a team', people: 'People', invite: 'Invite someone', makeLink: 'Make the link', audit: 'Audit', check: 'Check whole chain', whole: /The chain is whole/, exposed: 'Exposed secrets', holders: 'Who could open this', moreAccount: 'More for this account', reach: 'What they could open…', moreOwner: 'More for mara.lindqvist', newService: 'New service', makeToken: 'Make the token', services: 'Services', moreService: 'More for build', terms: 'Change its terms', editProfile: 'Edit profile', close: 'Close', newGroup: 'New group', groups: 'Groups', save: 'Save', groupName: 'Name', night: 'Night shift', access: 'Access…', renewToken: 'Renew the token', changePolicy: 'Change', teamPolicy: 'Team policy', secondFactor: 'Second factor', addApp: 'Add an authenticator app', recoveryGroup: 'Set the recovery group', replaceKeys: 'Replace keys', getBack: 'Get back in', askRecovery: 'Ask for recovery',
  },
  zh: {
    locale: 'zh-CN', lang: 'zh', welcome: '欢迎使用 Sealward', create: '创建团队', kit: '应急恢复套件', complete: '恢复套件完整', login: '登录名', password: '密码', signIn: '登录', locked: '已锁定', unlock: '解锁', lock: '锁定',
    resources: '资源', details: '详情', resource: '北京总部财务系统', account: '财务系统管理员', show: '显示密码', settings: '设置', newResource: '新建资源', newVault: '新建保险库', import: '导入', shortcuts: '键盘快捷键',
    changePassword: '更改密码', showKit: '显示恢复套件', replaceKit: '更换恢复套件', editAccount: '编辑账号', search: '搜索', query: 'bjzb', all: /全部资源/, back: '返回', sessions: '会话', move: '移动到…', more: '此资源的更多操作', shown: '显示', join: '加入团队', people: '成员', invite: '邀请成员', makeLink: '生成链接', audit: '审计', check: '检查整条链', whole: /整条链完好/, exposed: '已暴露的机密', holders: '谁可以打开', moreAccount: '此账号的更多操作', reach: '可以打开的内容…', moreOwner: 'mara.lindqvist 的更多操作', newService: '新建服务', makeToken: '生成令牌', services: '服务', moreService: 'build 的更多操作', terms: '更改条件', editProfile: '编辑个人资料', close: '关闭', newGroup: '新建用户组', groups: '用户组', save: '保存', groupName: '名称', night: '华东机房夜班值守小组', access: '访问权限…', renewToken: '更换令牌', changePolicy: '更改', teamPolicy: '团队策略', secondFactor: '双重验证', addApp: '添加身份验证器应用', recoveryGroup: '设置受托人组', replaceKeys: '更换密钥', getBack: '重新进入', askRecovery: '请求恢复',
  },
};

for (const [language, say] of Object.entries(words)) {
  let window;
  const name = (text) => ({ name: text, exact: true });
  const button = (text) => window.getByRole('button', name(text));
  const detail = () => window.getByRole('region', name(say.details));

  const look = (place) => lookAt(window, `${place}-${language}`);

  async function command(text) {
    await window.keyboard.press('Control+k');
    await window.getByRole('combobox', name(say.search)).fill(text);
    await window.locator('#hits').getByRole('option', { name: text }).last().click();
  }

  async function escape() {
    await window.keyboard.press('Escape');
    await window.getByRole('dialog').waitFor({ state: 'detached' });
  }

  step(`${language}: the first pages`, async () => {
    const device = await team.openDevice({ locale: say.locale });
    window = await device.open('/');
    await window.getByRole('heading', name(say.welcome)).waitFor();
    assert.match(await window.evaluate(() => document.documentElement.lang), new RegExp(`^${say.lang}`));
    await look('start');
    await window.goto('/join');
    await window.getByRole('heading', name(say.join)).waitFor();
    await look('join');
    const id = new URL(page.url()).pathname.split('/')[2];
    await window.goto(`/recover/${id}`);
    await window.getByRole('heading', name(say.getBack)).waitFor();
    await window.getByLabel(say.login, { exact: true }).fill('nobody.here');
    await look('recover');
    await button(say.askRecovery).click();
    await window.locator('.recovery-words li').first().waitFor();
    await look('recover-words');
    await window.goto('/sign-in');
    await window.getByLabel(say.kit).fill(team.kit.text);
    await window.getByText(say.complete).waitFor();
    await window.getByLabel(say.login, { exact: true }).fill(team.kit.login);
    await window.getByLabel(say.password, { exact: true }).fill(password);
    await look('sign-in');
    await button(say.signIn).click();
    await window.getByRole('treeitem').first().waitFor();
  });

  step(`${language}: the vaults, a list, and a resource with its secret`, async () => {
    await look('home');
    await window.getByRole('treeitem', { name: say.all }).click();
    await look('list');
    await window.getByRole('option', { name: say.resource }).click();
    await detail().getByRole('heading', { ...name(say.resource), level: 2 }).waitFor();
    await button(say.show).click();
    await detail().locator('.secret-shown').waitFor();
    await look('detail');
  });

  step(`${language}: search and the forms`, async () => {
    await window.keyboard.press('Control+k');
    await window.getByRole('combobox', name(say.search)).fill(say.query);
    await eventually(() => window.locator('#hits').getByRole('option').first().locator('.row-name').innerText(), say.resource);
    await look('search');
    await escape();
    for (const [place, text] of [['new-resource', say.newResource], ['new-vault', say.newVault], ['import', say.import], ['shortcuts', say.shortcuts]]) {
      await command(text);
      await window.getByRole('dialog', name(text)).waitFor();
      await look(place);
      await escape();
    }
    await button(say.editAccount).click();
    await look('edit-account');
    await escape();
    await button(say.more).click();
    await window.getByRole('menuitem', name(say.move)).waitFor();
    await checkAccess(window, `a menu, ${language}`);
    await window.getByRole('menuitem', name(say.move)).click();
    await look('move');
    await escape();
  });

  step(`${language}: the settings and their dialogs`, async () => {
    await command(say.settings);
    const settings = window.getByRole('region', name(say.settings));
    await settings.getByRole('listitem').first().waitFor();
    await look('settings');
    for (const [place, text] of [['change-password', say.changePassword], ['replace-kit', say.replaceKit], ['replace-keys', say.replaceKeys]]) {
      await settings.getByRole('button', name(text)).click();
      await look(place);
      await escape();
    }
    await settings.getByRole('button', name(say.showKit)).click();
    await window.getByRole('dialog').getByLabel(say.password, { exact: true }).fill(password);
    await window.getByRole('dialog').getByRole('button', name(say.shown)).click();
    await window.locator('.kit-sheet').waitFor();
    await look('kit');
    await escape();
  });

  step(`${language}: the people, and a link for somebody`, async () => {
    await window.getByRole('link', name(say.people)).click();
    await window.getByRole('region', name(say.people)).getByRole('listitem').first().waitFor();
    await look('people');
    await button(say.invite).click();
    await window.getByRole('dialog', name(say.invite)).waitFor();
    await look('invite');
    await button(say.makeLink).click();
    await window.locator('.invitation-link').waitFor();
    await look('link');
    await escape();
  });

  step(`${language}: a member, a profile, a group and what it asks for`, async () => {
    const region = window.getByRole('region', name(say.people));
    await region.getByRole('button', name('mara.lindqvist')).click();
    await window.getByRole('dialog').getByRole('definition').first().waitFor();
    await look('person');
    await window.getByRole('dialog').getByRole('button', name(say.editProfile)).click();
    await window.getByRole('dialog').getByRole('textbox').first().waitFor();
    await look('profile');
    await escape();
    await region.getByRole('button', name(say.newGroup)).click();
    await window.getByRole('dialog').getByLabel(say.groupName, { exact: true }).fill(team.secret(say.night));
    await window.getByRole('dialog').getByRole('checkbox').first().waitFor();
    await look('new-group');
    await window.getByRole('dialog').getByRole('button', name(say.save)).click();
    await region.getByRole('list', name(say.groups)).getByText(say.night).waitFor();
    await look('groups');
  });

  step(`${language}: the services, and a token for one`, async () => {
    const region = window.getByRole('region', name(say.people));
    const service = (login) => region.getByRole('listitem').filter({ hasText: login });
    if (await service('build').count() === 0) {
      await region.getByRole('button', name(say.newService)).click();
      await window.getByRole('dialog').getByLabel(say.login, { exact: true }).fill('build');
      await look('new-service');
      await button(say.makeToken).click();
      await window.locator('.service-token').waitFor();
      await look('token');
      await escape();
    }
    await service('build').waitFor();
    await look('services');
    for (const [place, text] of [['service-terms', say.terms], ['renew-token', say.renewToken]]) {
      await region.getByRole('button', name(say.moreService)).click();
      await window.getByRole('menuitem', name(text)).click();
      await window.getByRole('dialog').waitFor();
      await look(place);
      await escape();
    }
  });

  step(`${language}: the recovery group`, async () => {
    await button(say.recoveryGroup).click();
    await window.getByRole('dialog', name(say.recoveryGroup)).waitFor();
    await look('recovery-group');
    await escape();
  });

  step(`${language}: the policy on second factors, and the key of an app`, async () => {
    const region = window.getByRole('region', name(say.people));
    await region.getByRole('button', name(say.changePolicy)).click();
    await window.getByRole('dialog', name(say.teamPolicy)).waitFor();
    await look('team-policy');
    await escape();
    await command(say.settings);
    await window.getByRole('region', name(say.secondFactor)).waitFor();
    await button(say.addApp).click();
    await window.getByRole('dialog').getByLabel(say.password, { exact: true }).waitFor();
    await look('add-app-password');
    await window.getByRole('dialog').getByLabel(say.password, { exact: true }).fill(password);
    await window.keyboard.press('Enter');
    await window.locator('.qr').waitFor();
    await look('add-app');
    await escape();
    await look('second-factor');
  });

  step(`${language}: the audit, an event, a check, and who could open what`, async () => {
    await window.getByRole('link', name(say.audit)).click();
    const audit = window.getByRole('region', name(say.audit));
    await audit.locator('tbody tr').first().waitFor();
    await look('audit');
    await audit.locator('tbody tr').first().getByRole('button').click();
    await window.locator('.audit-hash').waitFor();
    await look('audit-event');
    await escape();
    await audit.getByRole('button', name(say.check)).click();
    await window.getByText(say.whole).waitFor();
    await look('audit-check');
    await escape();
    await audit.getByRole('link', name(say.exposed)).click();
    await window.getByRole('region', name(say.exposed)).getByRole('status').waitFor();
    await look('exposed');
    await window.getByRole('link', name(say.people)).click();
    await button(say.moreOwner).click();
    await window.getByRole('menuitem', name(say.reach)).click();
    await window.getByRole('dialog').getByRole('listitem').first().waitFor();
    await look('reach');
    await escape();
    await window.getByRole('treeitem', { name: say.all }).click();
    await window.getByRole('option', { name: say.resource }).click();
    await button(say.moreAccount).click();
    await window.getByRole('menuitem', name(say.holders)).click();
    await window.getByRole('dialog').getByRole('listitem').first().waitFor();
    await look('holders');
    await escape();
  });

  step(`${language}: the locked page`, async () => {
    await button(say.lock).click();
    await window.getByRole('heading', name(say.locked)).waitFor();
    await look('locked');
    await window.context().close();
  });
}

step('tree, list and detail stand side by side where there is room, and one at a time where there is not', async () => {
  await page.getByRole('treeitem', { name: /All resources/ }).click();
  await row(page, 'Payroll database').click();
  const panes = [page.getByRole('navigation', { name: 'Vaults' }), page.getByRole('region', { name: 'Resources' }), page.getByRole('region', { name: 'Details' })];
  const visible = () => Promise.all(panes.map((pane) => pane.isVisible()));
  await eventually(visible, [true, true, true]);
  await page.setViewportSize(narrow);
  await eventually(visible, [false, false, true]);
  await panes[2].getByRole('link', { name: 'Back' }).click();
  await eventually(visible, [false, true, false]);
  await panes[1].getByRole('link', { name: 'Back' }).click();
  await eventually(visible, [true, false, false]);
  await page.getByRole('treeitem', { name: /All resources/ }).click();
  await eventually(visible, [false, true, false]);
  await page.setViewportSize(wide);
});

step('the language is switched at once, and remembered', async () => {
  await openSettings(page);
  await page.getByLabel('Language').selectOption('简体中文');
  await page.getByRole('heading', { name: '设置', exact: true }).waitFor();
  assert.match(await page.evaluate(() => document.documentElement.lang), /^zh/);
  await page.getByRole('treeitem', { name: /全部资源/ }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: '已锁定' }).waitFor();
  await page.getByRole('button', { name: '语言' }).click();
  await page.getByRole('menuitemradio', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await inside(page);
});

step('the theme follows the system until another is chosen', async () => {
  const brightness = () => page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d');
    canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data[0] > 127 ? 'light' : 'dark';
  });
  await page.emulateMedia({ colorScheme: 'dark' });
  await eventually(brightness, 'dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await eventually(brightness, 'light');
  await page.getByLabel('Theme').selectOption('Dark');
  await eventually(brightness, 'dark');
  await page.getByLabel('Theme').selectOption('As the system');
  await eventually(brightness, 'light');
});

step('nothing moves for a person who wants it so', async () => {
  // What the step before set moving keeps its time.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished)));
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search' }).waitFor();
  const longest = await page.evaluate(() => Math.max(0, ...document.getAnimations().map((animation) => Number(animation.effect.getComputedTiming().duration))));
  assert.ok(longest <= 10, `${longest} ms`);
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
});

step('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
