// Answers a JSON list of base64 messages with their SHA-256 (in one piece, and byte by byte in uneven ones) and SHA-512,
// and a list of [signature, message, key] with whether each verifies. Run by test_verifier.py.
"use strict";
const fs = require("fs");
const path = require("path");
const vm = require("vm");

const folder = path.join(__dirname, "../../../src/yangguang/portal/static/portal/verify");
for (const name of ["hashes.js", "ed25519.js"]) {
  vm.runInThisContext(fs.readFileSync(path.join(folder, name), "utf8"), { filename: name });
}
const bytes = (text) => Uint8Array.from(Buffer.from(text, "base64"));
const hex = (raw) => Buffer.from(raw).toString("hex");
const { messages, signatures } = JSON.parse(fs.readFileSync(0, "utf8"));

function inPieces(message) {
  const hash = new yangguang.Sha256();
  for (let at = 0, step = 1; at < message.length; at += step, step = (step * 5) % 131 || 1) {
    hash.update(message.subarray(at, at + step));
  }
  return hash.digest();
}

const digests = messages
  .map(bytes)
  .map((message) => [yangguang.sha256(message), inPieces(message), yangguang.sha512(message)].map(hex));
const verdicts = signatures.map((parts) => yangguang.verifyEd25519(...parts.map(bytes)));
process.stdout.write(JSON.stringify({ digests, verdicts }));
