// Judges what it is given on its input as the page would: a JSON list of {digest, proof, policy} in base64, answered
// by a JSON list of what was proven, or of the step that failed. Run by test_verifier.py.
"use strict";
const fs = require("fs");
const path = require("path");
const vm = require("vm");

const folder = path.join(__dirname, "../../../src/yangguang/portal/static/portal/verify");
for (const name of ["hashes.js", "ed25519.js", "proof.js"]) {
  vm.runInThisContext(fs.readFileSync(path.join(folder, name), "utf8"), { filename: name });
}
const bytes = (text) => Uint8Array.from(Buffer.from(text, "base64"));

function judge({ digest, proof, policy }) {
  try {
    const checked = yangguang.check(bytes(proof), yangguang.parsePolicy(bytes(policy)));
    const label = yangguang.match(checked, bytes(digest));
    const { event, index, checkpoint } = checked;
    const witnesses = checkpoint.cosigned.map((witness) => [witness.name, witness.moments]);
    return { label, id: event.id, revision: event.r, index: String(index), size: String(checkpoint.size), witnesses };
  } catch (error) {
    if (!(error instanceof yangguang.Refusal)) throw error;
    return { refused: error.step };
  }
}

process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).map(judge)));
