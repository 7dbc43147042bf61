// Chromium, and devices in it. A device is a browser context with empty storage; it watches all of its windows and
// workers for what must never happen: an error on the console, a request to another origin, a violated policy.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

export const wide = { width: 1440, height: 900 };
export const narrow = { width: 360, height: 740 };

export async function startBrowser(more = []) {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...flags, ...more] });
}

// With `offline` the app may start without its server; otherwise every request goes where the test can see it.
export async function openDevice(browser, server, { locale = 'en-US', theme = 'light', viewport = wide, offline = false } = {}) {
  const context = await browser.newContext({ baseURL: server.origin, locale, colorScheme: theme, viewport, acceptDownloads: true, serviceWorkers: offline ? 'allow' : 'block' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.origin });
  return new Device(context, server).watch();
}

class Device {
  #expected = [];
  #problems = [];

  constructor(context, server) {
    Object.assign(this, { context, server });
  }

  async watch() {
    await this.context.exposeBinding('reportViolation', (_, violation) => this.#found(`policy: ${violation}`));
    await this.context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        window.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
      });
    });
    this.context.on('page', (page) => {
      page.setDefaultTimeout(15_000);
      page.on('pageerror', (error) => this.#found(`error: ${error.stack ?? error.message}`));
    });
    this.context.on('console', (message) => {
      if (message.type() === 'error' || /Content.Security.Policy/i.test(message.text())) {
        this.#found(`console: ${message.text()} (${message.location().url})`);
      }
    });
    this.context.on('request', (request) => {
      const url = new URL(request.url());
      if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== this.server.origin) this.#found(`request: ${request.url()}`);
    });
    return this;
  }

  async open(path = '/') {
    const page = await this.context.newPage();
    await page.goto(path);
    return page;
  }

  // Problems that match are part of the test: a refused file is also an error on the console.
  expect(pattern) {
    this.#expected.push(pattern);
  }

  #found(problem) {
    this.#problems.push(problem);
  }

  // Fails when anything happened that must not.
  check() {
    const problems = this.#problems.filter((problem) => !this.#expected.some((pattern) => pattern.test(problem)));
    this.#problems = [];
    assert.deepEqual(problems, []);
  }

  async close() {
    await this.context.close();
    this.check();
  }
}

// Fails when axe finds a barrier in what the page shows now.
export async function checkAccess(page, name) {
  await settled(page);
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} (${node.failureSummary?.split('\n')[1]?.trim() ?? ''})`).join(' | ')}`);
  });
  assert.deepEqual(found, [], `axe on ${name}`);
}

// Animations change colours on the way, so each is brought to its end. Waiting for them would need a frame, which a page
// that shows nothing new may never draw; and what turns for ever has no end.
async function settled(page) {
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) {
      if (Number.isFinite(animation.effect.getComputedTiming().endTime)) animation.finish();
    }
  });
}
