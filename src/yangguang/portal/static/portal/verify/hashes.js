// SHA-256 and SHA-512 (FIPS 180-4), for places where the browser offers none: plain-http sites, old browsers.
// The constants are computed from their definition, the roots of the first primes, so that none can be mistyped.
"use strict";
var yangguang = yangguang || {};

(function (house) {
  const MASK_64 = (1n << 64n) - 1n;

  function firstPrimes(count) {
    const found = [];
    for (let number = 2n; found.length < count; number++) {
      if (found.every((prime) => number % prime !== 0n)) found.push(number);
    }
    return found;
  }

  // The largest integer whose power `degree` is not above `value`, by bisection.
  function integerRoot(value, degree) {
    let low = 0n;
    let high = 1n << (BigInt(value.toString(2).length) / degree + 1n);
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** degree <= value) low = middle;
      else high = middle;
    }
    return low;
  }

  const PRIMES = firstPrimes(80);
  const ROUNDS_64 = PRIMES.map((prime) => integerRoot(prime << 192n, 3n) & MASK_64);
  const START_64 = PRIMES.slice(0, 8).map((prime) => integerRoot(prime << 128n, 2n) & MASK_64);
  const upperHalf = (word) => Number(word >> 32n) | 0;
  const ROUNDS_32 = Int32Array.from(ROUNDS_64.slice(0, 64).map(upperHalf));
  const START_32 = Int32Array.from(START_64.map(upperHalf));

  // Takes bytes piece by piece, so that a large file never has to be in memory as a whole.
  class Sha256 {
    constructor() {
      this.state = START_32.slice();
      this.words = new Int32Array(64);
      this.rest = new Uint8Array(64);
      this.held = 0;
      this.total = 0;
    }

    update(bytes) {
      this.total += bytes.length;
      let at = 0;
      while (at < bytes.length) {
        if (this.held === 0 && bytes.length - at >= 64) {
          this.compress(bytes, at);
          at += 64;
          continue;
        }
        const taken = Math.min(64 - this.held, bytes.length - at);
        this.rest.set(bytes.subarray(at, at + taken), this.held);
        this.held += taken;
        at += taken;
        if (this.held === 64) {
          this.compress(this.rest, 0);
          this.held = 0;
        }
      }
      return this;
    }

    digest() {
      const bits = this.total * 8;
      const padding = new Uint8Array(((this.total + 8) & 63 ^ 63) + 9);
      padding[0] = 0x80;
      const view = new DataView(padding.buffer);
      view.setUint32(padding.length - 8, Math.floor(bits / 0x100000000));
      view.setUint32(padding.length - 4, bits >>> 0);
      this.update(padding);
      const out = new DataView(new ArrayBuffer(32));
      this.state.forEach((word, place) => out.setInt32(place * 4, word));
      return new Uint8Array(out.buffer);
    }

    compress(bytes, at) {
      const w = this.words;
      for (let i = 0; i < 16; i++, at += 4) {
        w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
      }
      for (let i = 16; i < 64; i++) {
        const x = w[i - 15];
        const y = w[i - 2];
        const small0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const small1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        w[i] = w[i - 16] + small0 + w[i - 7] + small1;
      }
      let [a, b, c, d, e, f, g, h] = this.state;
      for (let i = 0; i < 64; i++) {
        const big1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        const first = (h + big1 + ((e & f) ^ (~e & g)) + ROUNDS_32[i] + w[i]) | 0;
        const big0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g;
        g = f;
        f = e;
        e = (d + first) | 0;
        d = c;
        c = b;
        b = a;
        a = (first + second) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((word, place) => {
        this.state[place] += word;
      });
    }
  }

  // Slow, and only ever asked for the few hundred bytes that a signature covers.
  function sha512(bytes) {
    const rotate = (word, by) => ((word >> by) | (word << (64n - by))) & MASK_64;
    const padded = new Uint8Array((bytes.length + 17 + 127) & ~127);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 8, Math.floor((bytes.length * 8) / 0x100000000));
    view.setUint32(padded.length - 4, (bytes.length * 8) >>> 0);
    const state = START_64.slice();
    const w = new Array(80);
    for (let at = 0; at < padded.length; at += 128) {
      for (let i = 0; i < 16; i++) {
        w[i] = (BigInt(view.getUint32(at + i * 8)) << 32n) | BigInt(view.getUint32(at + i * 8 + 4));
      }
      for (let i = 16; i < 80; i++) {
        const small0 = rotate(w[i - 15], 1n) ^ rotate(w[i - 15], 8n) ^ (w[i - 15] >> 7n);
        const small1 = rotate(w[i - 2], 19n) ^ rotate(w[i - 2], 61n) ^ (w[i - 2] >> 6n);
        w[i] = (w[i - 16] + small0 + w[i - 7] + small1) & MASK_64;
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 80; i++) {
        const big1 = rotate(e, 14n) ^ rotate(e, 18n) ^ rotate(e, 41n);
        const first = h + big1 + ((e & f) ^ (~e & MASK_64 & g)) + ROUNDS_64[i] + w[i];
        const big0 = rotate(a, 28n) ^ rotate(a, 34n) ^ rotate(a, 39n);
        const second = big0 + ((a & b) ^ (a & c) ^ (b & c));
        [h, g, f, e] = [g, f, e, (d + first) & MASK_64];
        [d, c, b, a] = [c, b, a, (first + second) & MASK_64];
      }
      [a, b, c, d, e, f, g, h].forEach((word, place) => {
        state[place] = (state[place] + word) & MASK_64;
      });
    }
    const out = new DataView(new ArrayBuffer(64));
    state.forEach((word, place) => {
      out.setUint32(place * 8, Number(word >> 32n));
      out.setUint32(place * 8 + 4, Number(word & 0xffffffffn));
    });
    return new Uint8Array(out.buffer);
  }

  house.Sha256 = Sha256;
  house.sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), new Sha256()).digest();
  house.sha512 = sha512;
})(yangguang);
