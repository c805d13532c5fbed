// Reads the self-verifying packages of this platform: ZIP files (APPNOTE 4.3) whose members are stored as they are.
// Members are slices of the file, so a package of any size opens at once.
"use strict";
var yangguang = yangguang || {};

(function (house) {
  const END_BYTES = 22;
  const ENTRY_BYTES = 46;
  const LOCAL_BYTES = 30;
  const MAX_DIRECTORY = 1 << 20;

  house.read = (blob) => new Response(blob).arrayBuffer().then((buffer) => new Uint8Array(buffer));

  const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

  // The members of a package as {name, blob}; null where the file is something else, or a package that was repacked.
  house.openPackage = async function (file) {
    if (file.size < END_BYTES) return null;
    const end = view(await house.read(file.slice(file.size - END_BYTES)));
    const length = end.getUint32(12, true);
    const start = end.getUint32(16, true);
    const whole = end.getUint32(0, true) === 0x06054b50 && start + length + END_BYTES === file.size;
    if (!whole || length > MAX_DIRECTORY) return null;
    return members(file, await house.read(file.slice(start, start + length)), end.getUint16(10, true));
  };

  async function members(file, directory, count) {
    const found = [];
    for (let at = 0; at < directory.length; ) {
      const entry = view(directory.subarray(at));
      if (entry.byteLength < ENTRY_BYTES || entry.getUint32(0, true) !== 0x02014b50) return null;
      const size = entry.getUint32(24, true);
      const nameLength = entry.getUint16(28, true);
      const stored = entry.getUint16(10, true) === 0 && entry.getUint32(20, true) === size;
      const bare = entry.getUint16(30, true) === 0 && entry.getUint16(32, true) === 0;
      if (!stored || !bare || entry.byteLength < ENTRY_BYTES + nameLength) return null;
      const name = new TextDecoder().decode(directory.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameLength));
      const begin = entry.getUint32(42, true) + LOCAL_BYTES + nameLength;
      found.push({ name, blob: file.slice(begin, begin + size) });
      at += ENTRY_BYTES + nameLength;
    }
    return found.length === count ? found : null;
  }
})(yangguang);
