// A zip as other programs write it: entries from name to bytes, deflated.
import { deflateRawSync } from 'node:zlib';

export function zip(entries) {
  const bodies = [];
  const directory = [];
  let at = 0;
  for (const [name, content] of Object.entries(entries)) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(crc(bytes), 0);
    sizes.writeUInt32LE(packed.length, 4);
    sizes.writeUInt32LE(bytes.length, 8);
    const path = Buffer.from(name);
    const lengths = Buffer.from([path.length & 255, path.length >> 8, 0, 0]);
    // Version 20, flag 11 for UTF-8, deflate, the first moment that the format knows.
    const head = Buffer.concat([Buffer.from([20, 0, 0, 8, 8, 0, 0, 0, 0x21, 0]), sizes, lengths]);
    const offset = Buffer.alloc(14);
    offset.writeUInt32LE(at, 10);
    const body = Buffer.concat([Buffer.from('PK\x03\x04'), head, path, packed]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), head, offset, path]));
    bodies.push(body);
    at += body.length;
  }
  const entriesAtEnd = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(entriesAtEnd.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, entriesAtEnd, end]);
}

function crc(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
