// Reads and verifies proof files as strictly as the command line does: C2SP tlog-proof, signed-note, tlog-checkpoint,
// tlog-cosignature, tlog-policy; RFC 9162 for the path; docs/reference/leaf.md for the leaf. What a format does not
// allow is refused, never repaired. Bytes that hold ASCII and base64 are handled as strings of one character a byte.
"use strict";
var yangguang = yangguang || {};

(function (house) {
  const HEADER = "c2sp.org/tlog-proof@v1";
  const MAX_EXTRA = 65536;
  const MAX_NOTE = 65536;
  const MAX_POLICY = 1 << 20;
  const MAX_PATH = 63;
  const MAX_LEAF = 4096;
  const MAX_DEPTH = 64;
  const MAX_SIZE = (1n << 63n) - 1n;
  const ED25519 = 1;
  const COSIGNATURE = 4;
  const EMPTY_ROOT = house.sha256();
  // Unicode white space as Python's \s knows it; JavaScript's differs in three characters.
  const SPACE = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  const KEY_NAME = new RegExp(`^[^${SPACE}+]+$`);
  const LABEL = /^(meta|body|att\.(0|[1-9][0-9]?)|html|txt|md|json|xml|pdf|ofd|docx|epub)$/;

  // `step` names what failed, for the page to explain: proof, policy, signature, quorum, path, leaf, file.
  class Refusal extends Error {
    constructor(step, message) {
      super(message);
      this.step = step;
    }
  }

  function demand(condition, step, message) {
    if (!condition) throw new Refusal(step, message);
  }

  const binary = (bytes) => {
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return text;
  };
  const bytesOf = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));
  const utf8 = (text) => new TextEncoder().encode(text);
  const equal = (one, other) => one.length === other.length && one.every((byte, place) => byte === other[place]);
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

  function decodeUtf8(text, step) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytesOf(text));
    } catch (error) {
      throw new Refusal(step, "not UTF-8");
    }
  }

  // What `text` encodes, or null unless it is the one standard spelling.
  function decodeBase64(text) {
    try {
      const raw = atob(text);
      return btoa(raw) === text ? bytesOf(raw) : null;
    } catch (error) {
      return null;
    }
  }

  function decimal(text) {
    if (!/^(0|[1-9][0-9]{0,18})$/.test(text)) return null;
    return BigInt(text) <= MAX_SIZE ? BigInt(text) : null;
  }

  // --- signed notes and checkpoints

  function parseNote(text) {
    demand(text.length <= MAX_NOTE, "proof", "the note is too long");
    demand(!/[\x00-\x09\x0b-\x1f]/.test(text), "proof", "the note holds a control character");
    decodeUtf8(text, "proof");
    const blank = text.lastIndexOf("\n\n");
    demand(blank >= 0 && text.endsWith("\n") && blank + 2 < text.length, "proof", "the note has no signatures");
    const signatures = text.slice(blank + 2, -1).split("\n").map(parseSignatureLine);
    return { text: text.slice(0, blank + 1), signatures };
  }

  function parseSignatureLine(line) {
    const parts = decodeUtf8(line, "proof").split(" ");
    demand(parts.length === 3 && parts[0] === "\u2014" && KEY_NAME.test(parts[1]), "proof", "not a signature line");
    const raw = decodeBase64(parts[2]);
    demand(raw !== null && raw.length > 4, "proof", "a signature line without a signature");
    return { name: parts[1], id: hex(raw.subarray(0, 4)), signature: raw.subarray(4) };
  }

  function readCheckpoint(note) {
    const lines = note.text.slice(0, -1).split("\n");
    demand(lines.length >= 3 && lines.every((line) => line !== ""), "proof", "not a checkpoint");
    const size = decimal(lines[1]);
    const root = decodeBase64(lines[2]);
    demand(size !== null, "proof", "the checkpoint's size is not a number");
    demand(root !== null && root.length === 32, "proof", "the checkpoint's root is not a hash");
    demand(size > 0n || equal(root, EMPTY_ROOT), "proof", "size 0 and a root that is not the empty tree's");
    return { origin: decodeUtf8(lines[0], "proof"), size, root };
  }

  // The moment of a cosignature in seconds, null for a plain signature; undefined where it does not verify.
  function signedAt(note, signature, key) {
    if (key.type === ED25519) {
      return house.verifyEd25519(signature, bytesOf(note.text), key.bytes) ? null : undefined;
    }
    if (signature.length !== 72 || signature[0] & 0x80) return undefined;
    const seconds = signature.subarray(0, 8).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
    const message = bytesOf(`cosignature/v1\ntime ${seconds}\n${note.text}`);
    return house.verifyEd25519(signature.subarray(8), message, key.bytes) ? Number(seconds) : undefined;
  }

  // Moments of every signature that `key` made; one that names the key and fails makes the whole note worthless.
  function moments(note, key) {
    return note.signatures
      .filter((line) => line.name === key.name && line.id === key.id)
      .map((line) => {
        const moment = signedAt(note, line.signature, key);
        demand(moment !== undefined, "signature", `the signature of ${key.name} does not verify`);
        return moment;
      });
  }

  // The checkpoint in the note, and which witnesses saw it when; refused unless log and quorum of the policy signed it.
  function trusted(text, policy) {
    const note = parseNote(text);
    const checkpoint = readCheckpoint(note);
    const logs = policy.logs.filter((key) => key.name === checkpoint.origin);
    const signed = logs.map((key) => moments(note, key).length);
    demand(signed.some((count) => count > 0), "signature", `no trusted key signed for ${checkpoint.origin}`);
    const cosigned = policy.witnesses
      .map((witness) => ({ name: witness.name, key: witness.key.name, moments: moments(note, witness.key) }))
      .filter((witness) => witness.moments.length > 0);
    demand(isSatisfied(policy, cosigned.map((witness) => witness.name)), "quorum", "too few witnesses cosigned");
    return { origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root, cosigned };
  }

  // --- policies

  function parseKey(text) {
    const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
    const raw = match && decodeBase64(match[3]);
    demand(raw && raw.length === 33 && KEY_NAME.test(match[1]), "policy", "not a verifier key");
    demand(raw[0] === ED25519 || raw[0] === COSIGNATURE, "policy", "a key of an unknown type");
    const id = hex(house.sha256(utf8(`${match[1]}\n`), raw).subarray(0, 4));
    demand(id === match[2], "policy", "the key does not have the key id it states");
    return { name: match[1], id, type: raw[0], bytes: raw.subarray(1) };
  }

  function parsePolicy(bytes) {
    const text = decodeUtf8(binary(bytes), "policy");
    demand(Array.from(text).length <= MAX_POLICY && text.endsWith("\n"), "policy", "cut off, or too long");
    const policy = { logs: [], witnesses: [], groups: [], quorum: null };
    const free = new Map();
    for (const line of text.slice(0, -1).split("\n")) readPolicyLine(policy, free, line);
    demand(policy.quorum !== null, "policy", "no quorum line");
    return policy;
  }

  function readPolicyLine(policy, free, line) {
    demand(!/[\x00-\x08\x0b-\x1f\x7f]/.test(line), "policy", "a control character");
    const items = line.match(/[^ \t]+/g) || ["#"];
    if (items[0].startsWith("#")) return;
    const [what, ...said] = items;
    if (what === "log" && (said.length === 1 || said.length === 2)) {
      const key = parseKey(said[0]);
      demand(key.type === ED25519 && !policy.logs.some((other) => equal(other.bytes, key.bytes)), "policy", line);
      policy.logs.push(key);
    } else if (what === "witness" && (said.length === 2 || said.length === 3)) {
      const key = parseKey(said[1]);
      const twice = policy.witnesses.some((other) => equal(other.key.bytes, key.bytes));
      demand(key.type === COSIGNATURE && !twice, "policy", line);
      define(free, said[0]);
      policy.witnesses.push({ name: said[0], key });
    } else if (what === "group" && said.length >= 2) {
      readGroup(policy, free, said);
    } else {
      demand(what === "quorum" && said.length === 1, "policy", "not a log, witness, group or quorum line");
      demand(policy.quorum === null && (said[0] === "none" || free.has(said[0])), "policy", line);
      policy.quorum = said[0];
    }
  }

  function readGroup(policy, free, [name, threshold, ...members]) {
    for (const member of members) {
      demand(free.get(member) === true, "policy", `${member} is not defined above, or a member already`);
      free.set(member, false);
    }
    const words = { any: 1, all: members.length };
    const counted = /^[1-9][0-9]{0,5}$/.test(threshold) ? Number(threshold) : 0;
    const needed = Object.prototype.hasOwnProperty.call(words, threshold) ? words[threshold] : counted;
    demand(needed >= 1 && needed <= members.length, "policy", "a threshold that its members cannot meet");
    define(free, name);
    policy.groups.push({ name, needed, members });
  }

  function define(free, name) {
    demand(name !== "none" && !free.has(name), "policy", `the name ${name} is taken`);
    free.set(name, true);
  }

  function isSatisfied(policy, witnesses) {
    const seen = new Set(witnesses);
    for (const group of policy.groups) {
      if (group.members.filter((member) => seen.has(member)).length >= group.needed) seen.add(group.name);
    }
    return policy.quorum === "none" || seen.has(policy.quorum);
  }

  // The earliest moment by which a quorum had cosigned, and the latest since which one had; null where none did. One
  // witness alone, its clock wrong, cannot move them where the policy asks for more.
  function quorumMoment(policy, cosigned, order) {
    const names = [];
    const marks = cosigned.map((witness) => witness.moments.map((moment) => ({ name: witness.name, moment })));
    for (const mark of [].concat(...marks).sort((one, other) => order * (one.moment - other.moment))) {
      names.push(mark.name);
      if (isSatisfied(policy, names)) return mark.moment;
    }
    return null;
  }

  // --- the path from leaf to root (RFC 9162, 2.1.3.2)

  function checkInclusion(index, checkpoint, leaf, path) {
    demand(index < checkpoint.size, "path", "the entry lies beyond the checkpoint");
    const node = (left, right) => house.sha256(Uint8Array.of(1), left, right);
    let [position, last, result] = [index, checkpoint.size - 1n, house.sha256(Uint8Array.of(0), leaf)];
    for (const sibling of path) {
      demand(last > 0n, "path", "the path is too long");
      if (position & 1n || position === last) {
        result = node(sibling, result);
        while (!(position & 1n) && position > 0n) [position, last] = [position >> 1n, last >> 1n];
      } else {
        result = node(result, sibling);
      }
      [position, last] = [position >> 1n, last >> 1n];
    }
    demand(last === 0n && equal(result, checkpoint.root), "path", "the path does not lead to the checkpoint's root");
  }

  // --- canonical JSON, leaves and openings

  function checkValue(value, depth) {
    demand(depth <= MAX_DEPTH, "leaf", "nested too deep");
    if (typeof value === "number") demand(Number.isSafeInteger(value), "leaf", "not an exact integer");
    if (typeof value === "string") {
      demand(!/[\ud800-\udbff](?![\udc00-\udfff])|(^|[^\ud800-\udbff])[\udc00-\udfff]/.test(value), "leaf", "no text");
    }
    if (value !== null && typeof value === "object") {
      if (!Array.isArray(value)) demand(Object.keys(value).every((key) => /^[\x00-\x7f]*$/.test(key)), "leaf", "key");
      Object.values(value).forEach((item) => checkValue(item, depth + 1));
    }
  }

  function canonical(value) {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    const pairs = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
    return `{${pairs.join(",")}}`;
  }

  function parseCanonical(bytes, step) {
    const text = decodeUtf8(binary(bytes), step);
    let value;
    try {
      value = JSON.parse(text);
      checkValue(value, 0);
    } catch (error) {
      throw new Refusal(step, "not canonical JSON");
    }
    demand(canonical(value) === text, step, "not canonical JSON");
    return value;
  }

  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
  const isWithin = (value, low, high) => Number.isSafeInteger(value) && low <= value && value <= high;
  const matches = (value, shape) => typeof value === "string" && shape.test(value);

  function isDate(value) {
    if (!matches(value, /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/)) return false;
    const [year, month, day] = value.split("-").map(Number);
    const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
  }

  function commitments(value) {
    if (!isObject(value) || Object.keys(value).length === 0) return false;
    return Object.entries(value).every(([label, digest]) => LABEL.test(label) && isDigest(digest));
  }

  function isDigest(value) {
    const raw = typeof value === "string" ? decodeBase64(value) : null;
    return raw !== null && raw.length === 32;
  }

  const RULES = {
    c: commitments,
    f: isDate,
    // The last character carries three bits of the identifier; the other two must be zero.
    id: (value) => matches(value, /^[a-z2-7]{25}[aeimquy4]$/),
    p: (value) => isWithin(value, 0, Number.MAX_SAFE_INTEGER),
    r: (value) => isWithin(value, 1, 1000000),
    t: () => true,
    ts: (value) => isWithin(value, 0, 2 ** 40),
    u: (value) => matches(value, /^[0-9A-Z]{18}$/),
    v: (value) => value === 1,
  };

  // The kinds of entries that commit to files: fields they must and may carry, whether they state a whole revision.
  const KINDS = {
    publish: { must: "c id r t ts u v", may: "f", states: true },
    import: { must: "c id r t ts u v", may: "f", states: true },
    revise: { must: "c id p r t ts u v", may: "f", states: true },
    render: { must: "c id p r t ts u v", may: "", states: false },
  };

  function parseLeaf(bytes) {
    demand(bytes.length <= MAX_LEAF, "leaf", "the entry is too long");
    const said = parseCanonical(bytes, "leaf");
    const known = isObject(said) && Object.prototype.hasOwnProperty.call(KINDS, said.t);
    demand(known, "leaf", "not an entry that commits to files");
    const kind = KINDS[said.t];
    const names = Object.keys(said);
    const [must, may] = [kind.must.split(" "), kind.may.split(" ")];
    demand(must.every((name) => names.includes(name)), "leaf", "a field is missing");
    demand(names.every((name) => must.includes(name) || may.includes(name)), "leaf", "an unknown field");
    for (const name of names) demand(RULES[name](said[name]), "leaf", `${name} is refused by its rule`);
    demand(!kind.states || ("meta" in said.c && "body" in said.c), "leaf", "a revision without meta or body");
    demand((said.t !== "publish" && said.t !== "import") || said.r === 1, "leaf", "a first revision is number 1");
    demand(said.t !== "revise" || said.r > 1, "leaf", "a revision after the first");
    return said;
  }

  function openings(extra) {
    demand(extra !== null, "leaf", "the proof is of an entry, not of a file");
    const said = parseCanonical(extra, "leaf");
    const right = isObject(said) && Object.keys(said).sort().join() === "entry,open" && isObject(said.open);
    demand(right, "leaf", "the extra line holds no entry with openings");
    const salts = Object.entries(said.open).filter(([label]) => LABEL.test(label));
    return { leaf: nonEmpty(said.entry), salts: salts.map(([label, salt]) => [label, nonEmpty(salt)]) };
  }

  function nonEmpty(value) {
    const raw = typeof value === "string" ? decodeBase64(value) : null;
    demand(raw !== null && raw.length > 0, "leaf", "not base64");
    return raw;
  }

  // --- proofs

  function parseProof(bytes) {
    demand(bytes.length <= 2 * MAX_EXTRA + MAX_NOTE, "proof", "the proof is too long");
    const text = binary(bytes);
    const blank = text.indexOf("\n\n");
    const lines = text.slice(0, Math.max(blank, 0)).split("\n");
    demand(blank >= 0 && lines.shift() === HEADER, "proof", "not a proof file");
    let extra = null;
    if (lines.length && lines[0].startsWith("extra ")) {
      extra = decodeBase64(lines.shift().slice(6));
      demand(extra !== null && extra.length <= MAX_EXTRA, "proof", "the extra line is not base64");
    }
    demand(lines.length && lines[0].startsWith("index "), "proof", "no index line");
    const index = decimal(lines.shift().slice(6));
    demand(index !== null, "proof", "the index is not a number");
    demand(lines.length <= MAX_PATH, "proof", "the path is too long");
    const path = lines.map(decodeBase64);
    demand(path.every((hash) => hash !== null && hash.length === 32), "proof", "the path holds no hash");
    return { extra, index, path, note: text.slice(blank + 2) };
  }

  // What `proof` shows under `policy`, whatever the file: the entry, where it stands, who saw it when, its openings.
  function check(proof, policy) {
    const parsed = parseProof(proof);
    const { leaf, salts } = openings(parsed.extra);
    const checkpoint = trusted(parsed.note, policy);
    checkInclusion(parsed.index, checkpoint, leaf, parsed.path);
    return { event: parseLeaf(leaf), salts, index: parsed.index, checkpoint };
  }

  // Which component of the record a file with this SHA-256 is; refused where the entry commits to no such bytes.
  function match(checked, digest) {
    const domain = (label) => utf8(`gid-commit-v1\n${label}\n`);
    for (const [label, salt] of checked.salts) {
      const stated = checked.event.c[label];
      if (stated && equal(decodeBase64(stated), house.sha256(domain(label), salt, digest))) return label;
    }
    throw new Refusal("file", "the file was changed, or the proof belongs to another one");
  }

  house.Refusal = Refusal;
  house.HEADER = HEADER;
  house.parsePolicy = parsePolicy;
  house.check = check;
  house.match = match;
  house.seenBy = (policy, cosigned) => quorumMoment(policy, cosigned, 1);
  house.stillSeenBy = (policy, cosigned) => quorumMoment(policy, cosigned, -1);
  house.trusted = (bytes, policy) => trusted(binary(bytes), policy);
  house.hex = hex;
})(yangguang);
