// Ed25519 signature verification (RFC 8032, section 5.1.7), in BigInt.
// The browser's own is never asked: many lack it, and one signature must get one answer everywhere. Like the libraries
// of the command line it compares the encoded point with the signature's first half (no cofactor). Nothing secret is
// handled here, so nothing needs constant time.
"use strict";
var yangguang = yangguang || {};

(function (house) {
  const P = (1n << 255n) - 19n;
  const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
  const NEUTRAL = [0n, 1n, 1n, 0n];

  function modulo(value, by = P) {
    const rest = value % by;
    return rest < 0n ? rest + by : rest;
  }

  function power(base, exponent) {
    let result = 1n;
    for (let factor = modulo(base); exponent > 0n; exponent >>= 1n) {
      if (exponent & 1n) result = modulo(result * factor);
      factor = modulo(factor * factor);
    }
    return result;
  }

  const D = modulo(-121665n * power(121666n, P - 2n));
  const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);

  // From little-endian bytes to an integer, and back.
  function integer(bytes) {
    return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }

  function encoded(value) {
    const out = new Uint8Array(32);
    for (let place = 0; place < 32; place++, value >>= 8n) out[place] = Number(value & 255n);
    return out;
  }

  // The point (X, Y, Z, T) that 32 bytes encode, or null where they encode none.
  function point(bytes) {
    const value = integer(bytes);
    const y = modulo(value & ((1n << 255n) - 1n));
    const above = modulo(y * y - 1n);
    const below = modulo(D * y * y + 1n);
    let x = modulo(above * power(below, 3n) * power(above * power(below, 7n), (P - 5n) / 8n));
    if (modulo(below * x * x) !== above) x = modulo(x * ROOT_OF_MINUS_ONE);
    if (modulo(below * x * x) !== above) return null;
    if ((x & 1n) !== value >> 255n) x = modulo(-x);
    return [x, y, 1n, modulo(x * y)];
  }

  // Complete addition on the twisted Edwards curve with a = -1: holds for doubling too.
  function add(left, right) {
    const a = modulo((left[1] - left[0]) * (right[1] - right[0]));
    const b = modulo((left[1] + left[0]) * (right[1] + right[0]));
    const c = modulo(2n * D * left[3] * right[3]);
    const d = 2n * left[2] * right[2];
    const [e, f, g, h] = [b - a, d - c, d + c, b + a];
    return [modulo(e * f), modulo(g * h), modulo(f * g), modulo(e * h)];
  }

  const BASE = point(encoded(modulo(4n * power(5n, P - 2n))));

  // s·first + t·second, both scalars walked in step.
  function sum(s, first, t, second) {
    const table = [NEUTRAL, first, second, add(first, second)];
    let result = NEUTRAL;
    for (let bit = 252n; bit >= 0n; bit--) {
      result = add(result, result);
      const which = Number((s >> bit) & 1n) + 2 * Number((t >> bit) & 1n);
      if (which) result = add(result, table[which]);
    }
    return result;
  }

  // Whether the 64 bytes `signature` over `message` were made with the private half of the 32 bytes `key`.
  house.verifyEd25519 = function (signature, message, key) {
    if (signature.length !== 64 || key.length !== 32) return false;
    const public_ = point(key);
    const s = integer(signature.subarray(32));
    if (public_ === null || s >= ORDER) return false;
    const covered = new Uint8Array(64 + message.length);
    covered.set(signature.subarray(0, 32));
    covered.set(key, 32);
    covered.set(message, 64);
    const challenge = modulo(integer(house.sha512(covered)), ORDER);
    const negated = [modulo(-public_[0]), public_[1], 1n, modulo(-public_[3])];
    const [x, y, z] = sum(s, BASE, challenge, negated);
    const inverse = power(z, P - 2n);
    const claimed = encoded(modulo(y * inverse) | ((modulo(x * inverse) & 1n) << 255n));
    return claimed.every((byte, place) => byte === signature[place]);
  };
})(yangguang);
