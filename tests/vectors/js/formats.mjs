// The text formats, each from its C2SP specification: signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof,
// tlog-policy. A parser throws on anything that its specification does not allow.

import { createHash, createPublicKey, verify } from 'node:crypto'
import { EMPTY_ROOT, includes, leafHash } from './tree.mjs'

const ED25519 = 0x01
const COSIGNATURE = 0x04
const MAX_SIZE = (1n << 63n) - 1n
const MAX_NOTE_BYTES = 65536
const MAX_EXTRA_BYTES = 65536
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class Malformed extends Error {}
export class NotProven extends Error {}

function demand(condition, message) {
  if (!condition) throw new Malformed(message)
}

export function utf8(raw) {
  try {
    return strict.decode(raw)
  } catch {
    throw new Malformed('not UTF-8')
  }
}

export function base64(text) {
  const raw = Buffer.from(text, 'base64')
  demand(raw.toString('base64') === text, 'not the one spelling of base64')
  return raw
}

export function decimal(text) {
  demand(/^(0|[1-9][0-9]{0,18})$/.test(text) && BigInt(text) <= MAX_SIZE, 'not a decimal number')
  return BigInt(text)
}

export function hash(text) {
  const raw = base64(text)
  demand(raw.length === 32, 'not a hash')
  return raw
}

const isName = (name) => name.length > 0 && !/[+\p{White_Space}]/u.test(name)

export function parseKey(text) {
  const first = text.indexOf('+')
  const second = text.indexOf('+', first + 1)
  demand(first > 0 && second > 0, 'not a verifier key')
  const [name, id, encoded] = [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)]
  demand(isName(name) && /^[0-9a-f]{8}$/.test(id), 'not a verifier key')
  const raw = base64(encoded)
  demand(raw.length === 33 && (raw[0] === ED25519 || raw[0] === COSIGNATURE), 'not an Ed25519 key')
  const keyId = createHash('sha256').update(`${name}\n`).update(raw).digest().subarray(0, 4)
  demand(keyId.toString('hex') === id, 'the key id is another')
  return { name, id, type: raw[0], publicKey: raw.subarray(1), text }
}

function isSigned(key, message, signature) {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key.publicKey).toString('base64url') }
  try {
    return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature)
  } catch {
    return false
  }
}

export function parseNote(raw) {
  demand(raw.length <= MAX_NOTE_BYTES, 'too long')
  utf8(raw)
  demand(!raw.some((byte) => byte < 0x20 && byte !== 0x0a), 'a control character')
  const blank = raw.lastIndexOf('\n\n')
  demand(blank >= 0 && raw.length > blank + 2 && raw.at(-1) === 0x0a, 'no signatures')
  const lines = utf8(raw.subarray(blank + 2, -1)).split('\n')
  const signatures = lines.map((line) => {
    const items = line.split(' ')
    demand(items.length === 3 && items[0] === '—' && isName(items[1]), 'not a signature line')
    const value = base64(items[2])
    demand(value.length > 4, 'a signature without content')
    return { name: items[1], id: value.subarray(0, 4).toString('hex'), value: value.subarray(4) }
  })
  return { text: raw.subarray(0, blank + 1), signatures }
}

export function readCheckpoint(note) {
  const lines = utf8(note.text).slice(0, -1).split('\n')
  demand(lines.length >= 3 && lines.every((line) => line !== ''), 'not a checkpoint')
  const checkpoint = { origin: lines[0], size: decimal(lines[1]), root: hash(lines[2]) }
  demand(checkpoint.size !== 0n || checkpoint.root.equals(EMPTY_ROOT), 'an empty tree has one root')
  return checkpoint
}

/** The keys among `keys` that signed the note, with the times of those that cosigned. */
export function signedBy(note, keys) {
  const found = []
  for (const key of keys) {
    const lines = note.signatures.filter((line) => line.name === key.name && line.id === key.id)
    const times = lines.map((line) => checkSignature(note, key, line.value))
    if (times.length > 0) found.push({ key: key.text, times })
  }
  return found
}

function checkSignature(note, key, value) {
  if (key.type === ED25519) {
    if (!isSigned(key, note.text, value)) throw new NotProven('a signature does not verify')
    return null
  }
  if (value.length !== 72 || value[0] & 0x80) throw new NotProven('not a cosignature')
  const time = value.readBigUInt64BE(0)
  const message = Buffer.concat([Buffer.from(`cosignature/v1\ntime ${time}\n`), note.text])
  if (!isSigned(key, message, value.subarray(8))) throw new NotProven('a cosignature does not verify')
  return time.toString()
}

export function parseProof(raw) {
  demand(raw.length <= 2 * MAX_EXTRA_BYTES + MAX_NOTE_BYTES, 'too long')
  const blank = raw.indexOf('\n\n')
  demand(blank >= 0, 'no checkpoint')
  const lines = raw.subarray(0, blank).toString('latin1').split('\n')
  demand(lines.shift() === 'c2sp.org/tlog-proof@v1', 'another format')
  let extra = null
  if (lines[0]?.startsWith('extra ')) {
    extra = base64(lines.shift().slice(6))
    demand(extra.length <= MAX_EXTRA_BYTES, 'extra too long')
  }
  demand(lines[0]?.startsWith('index '), 'no index')
  const index = decimal(lines.shift().slice(6))
  demand(lines.length <= 63, 'path too long')
  return { extra, index, path: lines.map(hash), checkpoint: raw.subarray(blank + 2) }
}

export function parsePolicy(raw) {
  const text = utf8(raw)
  demand(raw.length <= 1 << 20 && text.endsWith('\n'), 'no complete lines')
  const policy = { logs: [], witnesses: [], groups: [], quorum: undefined }
  const free = new Map()
  for (const line of text.slice(0, -1).split('\n')) {
    demand(![...line].some((one) => (one < ' ' && one !== '\t') || one === '\x7f'), 'a control character')
    const items = line.split(/[ \t]+/).filter((item) => item !== '')
    if (items.length > 0 && !items[0].startsWith('#')) readPolicyLine(policy, free, items)
  }
  demand(policy.quorum !== undefined, 'no quorum')
  return policy
}

function readPolicyLine(policy, free, [word, ...items]) {
  const define = (name) => {
    demand(name !== 'none' && !free.has(name), 'the name is taken')
    free.set(name, true)
  }
  if (word === 'log' && (items.length === 1 || items.length === 2)) {
    policy.logs.push(freshKey(items[0], ED25519, policy.logs))
  } else if (word === 'witness' && (items.length === 2 || items.length === 3)) {
    const key = freshKey(items[1], COSIGNATURE, policy.witnesses.map((witness) => witness.key))
    define(items[0])
    policy.witnesses.push({ name: items[0], key })
  } else if (word === 'group' && items.length >= 2) {
    const [name, threshold, ...members] = items
    for (const member of members) {
      demand(free.get(member) === true, 'not a free member')
      free.set(member, false)
    }
    demand(/^(any|all|[1-9][0-9]{0,5})$/.test(threshold), 'not a threshold')
    const needed = threshold === 'any' ? 1 : threshold === 'all' ? members.length : Number(threshold)
    demand(needed >= 1 && needed <= members.length, 'not a threshold of these members')
    define(name)
    policy.groups.push({ name, needed, members })
  } else if (word === 'quorum' && items.length === 1) {
    demand(policy.quorum === undefined, 'a second quorum')
    demand(items[0] === 'none' || free.has(items[0]), 'not defined')
    policy.quorum = items[0]
  } else {
    throw new Malformed('not a policy line')
  }
}

function freshKey(text, type, others) {
  const key = parseKey(text)
  demand(key.type === type, 'a key of another kind')
  demand(!others.some((other) => other.publicKey.equals(key.publicKey)), 'the key is there already')
  return key
}

export function isSatisfied(policy, names) {
  const seen = new Set(names)
  for (const group of policy.groups) {
    if (group.members.filter((member) => seen.has(member)).length >= group.needed) seen.add(group.name)
  }
  return policy.quorum === 'none' || seen.has(policy.quorum)
}

export function verifyProof(policy, proof, leaf) {
  const note = parseNote(proof.checkpoint)
  const checkpoint = readCheckpoint(note)
  const logs = policy.logs.filter((key) => key.name === checkpoint.origin)
  if (signedBy(note, logs).length === 0) throw new NotProven('no log signed it')
  const cosigners = signedBy(note, policy.witnesses.map((witness) => witness.key)).map((one) => one.key)
  const names = policy.witnesses.filter((witness) => cosigners.includes(witness.key.text)).map((one) => one.name)
  if (!isSatisfied(policy, names)) throw new NotProven('no quorum')
  if (!includes(proof.index, checkpoint.size, leafHash(leaf), proof.path, checkpoint.root)) {
    throw new NotProven('not in the tree')
  }
  return { index: proof.index, size: checkpoint.size, origin: checkpoint.origin, witnesses: names }
}
