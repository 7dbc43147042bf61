// Looks for plaintext in everything that a server held or passed on, in every form that it could hide in.

// Needles of fewer characters would be found by chance.
const shortest = 6;

// Every way in which `text` could be written down.
export function forms(text) {
  const utf8 = Buffer.from(text, 'utf8');
  const little = Buffer.from(text, 'utf16le');
  const big = Buffer.from(little).swap16();
  const found = new Map([['UTF-8', utf8], ['UTF-16LE', little], ['UTF-16BE', big]]);
  const ascii = (name, form) => found.set(name, Buffer.from(form, 'latin1'));
  for (const [name, bytes] of [['UTF-8', utf8], ['UTF-16LE', little], ['UTF-16BE', big]]) {
    ascii(`hex of ${name}`, bytes.toString('hex'));
    ascii(`HEX of ${name}`, bytes.toString('hex').toUpperCase());
    for (const offset of [0, 1, 2]) {
      const [plain, url] = base64(bytes, offset);
      ascii(`base64+${offset} of ${name}`, plain);
      ascii(`base64url+${offset} of ${name}`, url);
    }
  }
  found.set('JSON', Buffer.from(JSON.stringify(text).slice(1, -1), 'utf8'));
  const escaped = (upper) => JSON.stringify(text).slice(1, -1).replace(/[^\x20-\x7e]/g, (unit) => {
    const code = unit.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${upper ? code.toUpperCase() : code}`;
  });
  ascii('JSON, escaped', escaped(false));
  ascii('JSON, ESCAPED', escaped(true));
  const percent = encodeURIComponent(text);
  ascii('percent', percent);
  ascii('percent, lower', percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  ascii('percent, form', new URLSearchParams({ x: text }).toString().slice(2));
  ascii('percent, all', [...utf8].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''));
  return found;
}

// The characters of base64 that `bytes` alone decide, when `offset` other bytes stand before them.
function base64(bytes, offset) {
  const all = Buffer.concat([Buffer.alloc(offset), bytes]);
  const whole = all.toString('base64').slice(Math.ceil((offset * 8) / 6), Math.floor((all.length * 8) / 6));
  return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')];
}

// Where any of `needles` stands in `remains` ([[name, Buffer]]), as sentences. All forms are looked for in one pass: at
// each place only those whose first three bytes stand there are compared.
export function search(remains, needles) {
  const starts = new Uint8Array(1 << 24);
  const byStart = new Map();
  for (const needle of needles) {
    if (needle.length < shortest) throw new Error(`too short to look for: ${needle}`);
    for (const [form, bytes] of forms(needle)) {
      const start = startAt(bytes, 0);
      starts[start] = 1;
      byStart.set(start, [...(byStart.get(start) ?? []), { needle, form, bytes }]);
    }
  }
  const found = new Set();
  for (const [name, content] of remains) {
    for (let at = 0; at + 3 <= content.length; at += 1) {
      const start = startAt(content, at);
      if (starts[start] === 0) continue;
      for (const { needle, form, bytes } of byStart.get(start)) {
        const end = at + bytes.length;
        if (end <= content.length && content.compare(bytes, 0, bytes.length, at, end) === 0) {
          found.add(`${JSON.stringify(needle)} as ${form} in ${name}`);
        }
      }
    }
  }
  return [...found];
}

function startAt(bytes, at) {
  return (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
}
