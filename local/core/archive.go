package core

// Signatures with which Pulumi's protocol marks archives, and texts and files in them.
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
		assets[name] = map[string]any{signatureKey: assetSignature, "text": text}
	}
	return Object{signatureKey: archiveSignature, "assets": map[string]any(assets)}
}
