// Command main checks a log folder with Go's own transparency log packages.
//
// Usage: main VKEY FOLDER [OLD-CHECKPOINT]. It opens the checkpoint, reads every hash through tiles that it
// authenticates, proves and checks entries, compares every entry with its leaf hash, and checks that the old
// checkpoint, if given, is a prefix.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type folder string

func (f folder) Height() int { return 8 }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles maps the checksum database's paths, which name the tile height, to those of tlog-tiles, which do not.
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		raw, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		all = append(all, raw)
	}
	return all, nil
}

type head struct {
	size int64
	hash tlog.Hash
}

func open(path string, verifiers note.Verifiers) (h head, err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return h, err
	}
	n, err := note.Open(raw, verifiers)
	if err != nil {
		return h, err
	}
	lines := strings.Split(n.Text, "\n")
	if _, err = fmt.Sscanf(lines[1], "%d", &h.size); err != nil {
		return h, err
	}
	h.hash, err = tlog.ParseHash(lines[2])
	return h, err
}

// entries returns the leaf hashes of the entries in the bundles of a log.
func entries(root string, size int64) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for n := int64(0); n*256 < size; n++ {
		tile := tlog.Tile{H: 8, L: -1, N: n, W: int(min(256, size-n*256))}
		path := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
		raw, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			return nil, err
		}
		for len(raw) > 0 {
			length := int(binary.BigEndian.Uint16(raw))
			hashes = append(hashes, tlog.RecordHash(raw[2:2+length]))
			raw = raw[2+length:]
		}
	}
	return hashes, nil
}

func check(vkey, root string, old []string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	verifiers := note.VerifierList(verifier)
	tree, err := open(filepath.Join(root, "checkpoint"), verifiers)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tlog.Tree{N: tree.size, Hash: tree.hash}, folder(root))
	leaves, err := entries(root, tree.size)
	if err != nil {
		return err
	}
	if int64(len(leaves)) != tree.size {
		return fmt.Errorf("%d entries in bundles, %d in the checkpoint", len(leaves), tree.size)
	}
	for index := int64(0); index < tree.size; index += 1 + tree.size/500 {
		proof, err := tlog.ProveRecord(tree.size, index, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.size, tree.hash, index, leaves[index]); err != nil {
			return err
		}
	}
	for _, path := range old {
		before, err := open(path, verifiers)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.size, before.size, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.size, tree.hash, before.size, before.hash); err != nil {
			return err
		}
	}
	fmt.Printf("sound: %d entries\n", tree.size)
	return nil
}

func main() {
	if err := check(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
