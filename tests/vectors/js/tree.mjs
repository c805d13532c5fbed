// Merkle trees by RFC 6962 section 2.1 and the verification algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2.
// Sizes and indexes are BigInt: they go up to 2^63 - 1.

import { createHash } from 'node:crypto'

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()

export const EMPTY_ROOT = sha256(Buffer.alloc(0))
export const leafHash = (data) => sha256(Buffer.of(0), data)
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right)

/** The root over leaf hashes from `start` to `stop`. */
export function rootOf(hashes, start = 0, stop = hashes.length) {
  if (stop === start) return EMPTY_ROOT
  if (stop - start === 1) return hashes[start]
  let split = 1
  while (split * 2 < stop - start) split *= 2
  return nodeHash(rootOf(hashes, start, start + split), rootOf(hashes, start + split, stop))
}

export function includes(index, size, leaf, path, root) {
  if (index < 0n || index >= size) return false
  let fn = index
  let sn = size - 1n
  let r = leaf
  for (const p of path) {
    if (sn === 0n) return false
    if (fn & 1n || fn === sn) {
      r = nodeHash(p, r)
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n
        sn >>= 1n
      }
    } else {
      r = nodeHash(r, p)
    }
    fn >>= 1n
    sn >>= 1n
  }
  return sn === 0n && r.equals(root)
}

export function extends_(first, firstRoot, second, secondRoot, path) {
  if (first < 0n || first > second) return false
  if (first === second) return path.length === 0 && firstRoot.equals(secondRoot)
  if (first === 0n) return path.length === 0 && firstRoot.equals(EMPTY_ROOT)
  const hashes = (first & (first - 1n)) === 0n ? [firstRoot, ...path] : path
  if (hashes.length === 0) return false
  let fn = first - 1n
  let sn = second - 1n
  while (fn & 1n) {
    fn >>= 1n
    sn >>= 1n
  }
  let fr = hashes[0]
  let sr = hashes[0]
  for (const c of hashes.slice(1)) {
    if (sn === 0n) return false
    if (fn & 1n || fn === sn) {
      fr = nodeHash(c, fr)
      sr = nodeHash(c, sr)
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n
        sn >>= 1n
      }
    } else {
      sr = nodeHash(sr, c)
    }
    fn >>= 1n
    sn >>= 1n
  }
  return sn === 0n && fr.equals(firstRoot) && sr.equals(secondRoot)
}
