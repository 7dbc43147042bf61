// What the tests of one file share: a browser, a server with a team on it, the owner's device, and the memory of
// everything that the server must never have seen.
import assert from 'node:assert/strict';
import { search } from './canary.js';
import { openDevice, startBrowser } from './browser.js';
import { settle } from './person.js';
import { startServer } from './server.js';

const stages = { team: 'Northwind Infrastructure', person: 'Mara Lindqvist', login: 'mara.lindqvist' };

// A server and a browser; with `settled: false` no team is on it yet.
export async function startTeam({ settled = true, flags = [], settings = [], host, clock = false, ...device } = {}) {
  const [browser, server] = await Promise.all([startBrowser(flags), startServer(settings, host, clock)]);
  const team = new Team(browser, server);
  try {
    team.owner = await team.openDevice(device);
    team.page = await team.owner.open('/');
    if (settled) team.kit = team.knowsKit(await settle(team.page, stages));
  } catch (error) {
    await team.close();
    throw error;
  }
  return team;
}

class Team {
  #secrets = new Set();
  #devices = [];
  #ahead = 0;

  constructor(browser, server) {
    Object.assign(this, { browser, server });
  }

  async openDevice(options) {
    const device = await openDevice(this.browser, this.server, options);
    this.#devices.push(device);
    return device;
  }

  // Lets every window that is open now complain like this.
  expect(complaint) {
    for (const device of this.#devices) device.expect(complaint);
  }

  // Passes the text on, and remembers that the server must not have it.
  secret(text) {
    this.#secrets.add(text);
    return text;
  }

  // Time passes for the server and for every window that is open: no test waits for it. Needs `clock`, and windows that
  // do not lock by themselves.
  async pass(seconds) {
    this.#ahead += seconds * 1000;
    await this.server.setClock(this.#ahead);
    const move = (ahead) => {
      globalThis.realNow ??= Date.now.bind(Date);
      Date.now = () => globalThis.realNow() + ahead;
    };
    const pages = this.#devices.flatMap((device) => device.context.pages());
    const places = pages.flatMap((page) => [page, ...page.workers()]);
    await Promise.all(places.map((place) => place.evaluate(move, this.#ahead)));
  }

  knowsKit(kit) {
    for (const text of [kit.text, kit.groups.join(''), ...kit.groups.slice(1), kit.password, kit.team, kit.person]) {
      if (text.length >= 6) this.secret(text);
    }
    return kit;
  }

  // No window has shown an error, called another origin or broken the policy. After a test that failed it tells what
  // stood in each window.
  async check(test) {
    if (test?.passed === false) {
      for (const page of this.#devices.flatMap((device) => device.context.pages())) {
        test.diagnostic(`${page.url()}: ${(await page.locator('body').innerText().catch(() => '')).replaceAll('\n', ' | ')}`);
      }
    }
    for (const device of this.#devices) device.check();
  }

  // Nothing secret in the data file, the logs or any body; the login name, which the server knows, is there.
  async checkRemains(login = stages.login) {
    for (const device of this.#devices) await device.close();
    this.#devices = [];
    const remains = await this.server.remains();
    assert.ok(remains.some(([name, bytes]) => name.startsWith('data/') && bytes.length > 0), 'there is a data file');
    assert.notDeepEqual(search(remains, [login]), [], 'the control is found');
    assert.deepEqual(search(remains, [...this.#secrets]), []);
  }

  async close() {
    await this.browser.close();
    await this.server.stop();
  }
}
