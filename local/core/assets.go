package core

import (
	"fmt"
	"os"
)

// Signatures with which Pulumi's protocol marks archives and assets, which are texts or files.
// Source: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go
const (
	signatureKey     = "4dabf18193072939515e22adb298388d"
	archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7"
	assetSignature   = "c44067f5952c0a294b673a41bacd8c17"
)

// Files are the texts in an archive by their names; nil if the value is no archive, or one
// with anything but texts in it. An archive is in an Object as Pulumi's protocol writes it.
func Files(v any) map[string]string {
	archive := AsObject(v)
	if archive.Str(signatureKey) != archiveSignature {
		return nil
	}
	files, assets := map[string]string{}, archive.Block("assets")
	for _, name := range assets.Keys() {
		file := assets.Block(name)
		text, isText := file["text"].(string)
		if file.Str(signatureKey) != assetSignature || !isText {
			return nil
		}
		files[name] = text
	}
	return files
}

// Archive is an archive of texts by their names.
func Archive(files map[string]string) Object {
	assets := Object{}
	for name, text := range files {
		assets[name] = map[string]any(TextAsset(text))
	}
	return Object{signatureKey: archiveSignature, "assets": map[string]any(assets)}
}

// TextAsset is an asset that is a text.
func TextAsset(text string) Object { return Object{signatureKey: assetSignature, "text": text} }

// FileAsset is an asset that is a file.
func FileAsset(path string) Object { return Object{signatureKey: assetSignature, "path": path} }

// isAsset tells whether a value is a text or a file. What is at a URL is not supported.
func isAsset(v any) bool {
	asset := AsObject(v)
	return asset.Str(signatureKey) == assetSignature && !asset.Has("uri")
}

// Content reads what an asset is: its text, or the file that is there now.
func Content(v any) ([]byte, error) {
	asset := AsObject(v)
	if path := asset.Str("path"); path != "" {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading the asset: %w", err)
		}
		return content, nil
	}
	return []byte(asset.Str("text")), nil
}
