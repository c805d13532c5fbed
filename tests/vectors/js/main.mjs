// A second verifier of our logs and proofs, written from the specifications alone. Reads questions from standard
// input, one JSON object a line, and answers each with one line: {"ok": …} or {"error": …}. Bytes are base64.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as formats from './formats.mjs'
import { extends_, includes, leafHash, rootOf } from './tree.mjs'

const bytes = (text) => Buffer.from(text, 'base64')
const hex = (raw) => raw.toString('hex')
const WIDTH = 256

const answers = {
  key: ({ text }) => {
    const key = formats.parseKey(formats.utf8(bytes(text)))
    return [key.name, key.type, hex(key.publicKey)]
  },
  note: ({ note, keys }) => {
    const parsed = formats.parseNote(bytes(note))
    const { origin, size, root } = formats.readCheckpoint(parsed)
    return [origin, size, hex(root), formats.signedBy(parsed, keys.map(formats.parseKey))]
  },
  policy: ({ text }) => {
    const policy = formats.parsePolicy(bytes(text))
    return [
      policy.logs.map((key) => key.text),
      policy.witnesses.map(({ name, key }) => [name, key.text]),
      policy.groups.map(({ name, needed, members }) => [name, needed, members]),
      policy.quorum,
    ]
  },
  proof: ({ proof, policy, leaf }) => {
    const parsed = formats.parseProof(bytes(proof))
    const verified = formats.verifyProof(formats.parsePolicy(bytes(policy)), parsed, bytes(leaf))
    return [verified.index, verified.size, verified.origin, verified.witnesses, parsed.extra && hex(parsed.extra)]
  },
  inclusion: ({ index, size, leaf, path, root }) =>
    includes(BigInt(index), BigInt(size), leafHash(bytes(leaf)), path.map(bytes), bytes(root)),
  consistency: ({ old, oldRoot, size, root, path }) =>
    extends_(BigInt(old), bytes(oldRoot), BigInt(size), bytes(root), path.map(bytes)),
  log: ({ folder, key }) => checkLog(folder, formats.parseKey(key)),
}

/** Every entry, every tile and the root of the log in `folder`; the size if all are right. */
function checkLog(folder, key) {
  const note = formats.parseNote(readFileSync(join(folder, 'checkpoint')))
  const checkpoint = formats.readCheckpoint(note)
  if (checkpoint.origin !== key.name || formats.signedBy(note, [key]).length === 0) {
    throw new formats.NotProven('not signed by its key')
  }
  const size = Number(checkpoint.size)
  const leaves = []
  for (let first = 0; first < size; first += WIDTH) {
    const raw = readTile(folder, 'entries', first / WIDTH, Math.min(WIDTH, size - first))
    leaves.push(...entries(raw).slice(0, size - first).map(leafHash))
  }
  if (leaves.length !== size) throw new formats.NotProven('entries are missing')
  let level = leaves
  for (let depth = 0; level.length > 0; depth += 1) {
    const above = []
    for (let first = 0; first < level.length; first += WIDTH) {
      const run = level.slice(first, first + WIDTH)
      const expected = Buffer.concat(run)
      const stored = readTile(folder, String(depth), first / WIDTH, run.length)
      if (!stored.subarray(0, expected.length).equals(expected)) throw new formats.NotProven('a tile is wrong')
      if (run.length === WIDTH) above.push(rootOf(run))
    }
    level = above
  }
  if (!rootOf(leaves).equals(checkpoint.root)) throw new formats.NotProven('another root')
  return size
}

function readTile(folder, level, index, width) {
  let name = String(index % 1000).padStart(3, '0')
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    name = `x${String(rest % 1000).padStart(3, '0')}/${name}`
  }
  const full = join(folder, 'tile', level, name)
  if (width === WIDTH) return readFileSync(full)
  try {
    return readFileSync(`${full}.p/${width}`)
  } catch {
    return readFileSync(full)
  }
}

function entries(raw) {
  const found = []
  for (let at = 0; at < raw.length; ) {
    const end = at + 2 + (at + 1 < raw.length ? raw.readUInt16BE(at) : raw.length)
    if (end > raw.length) throw new formats.Malformed('a bundle is cut off')
    found.push(raw.subarray(at + 2, end))
    at = end
  }
  return found
}

const plain = (_, value) => (typeof value === 'bigint' ? value.toString() : value)

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line)
  let answer
  try {
    answer = { ok: answers[question.ask](question) }
  } catch (error) {
    const expected = error instanceof formats.Malformed || error instanceof formats.NotProven || error.code === 'ENOENT'
    if (!expected) throw error
    answer = { error: error.message }
  }
  console.log(JSON.stringify(answer, plain))
}
