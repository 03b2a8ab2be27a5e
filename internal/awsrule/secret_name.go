package awsrule

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

// credentialNames are the variables that Security Hub looks for.
// https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-8
var credentialNames = []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA"}

var (
	camelCase = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	notAWord  = regexp.MustCompile(`[^A-Z0-9]+`)

	// secretWord is how a word ends that names a secret, so that PGPASSWORD is one.
	secretWord = regexp.MustCompile(`(PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRETS?|TOKEN|CREDENTIALS?|APIKEY|PRIVATEKEY|ACCESSKEY|SECRETKEY)$`)

	// keyOf are the words before KEY that make a key a secret one.
	keyOf = []string{"API", "PRIVATE", "ACCESS", "ENCRYPTION", "SIGNING", "AUTH", "MASTER", "LICENSE", "ACCOUNT", "SHARED"}

	// short are secrets as the last word of several only: PWD alone is a directory.
	short = []string{"PWD", "PASS"}

	// aboutSecrets are last words of names that say something about a secret: where it
	// is, how long it lasts, how it must look.
	aboutSecrets = []string{
		"ARN", "FILE", "FILES", "PATH", "DIR", "NAME", "NAMES", "ID", "IDS", "URL", "URI", "ENDPOINT", "HOST", "PORT", "REGION",
		"TTL", "AGE", "EXPIRY", "EXPIRES", "EXPIRATION", "LIFETIME", "DURATION", "TIMEOUT", "INTERVAL", "MS", "SECONDS", "MINUTES", "HOURS", "DAYS",
		"LENGTH", "SIZE", "MIN", "MAX", "COUNT", "LIMIT", "RETRIES", "ATTEMPTS", "ROUNDS",
		"TYPE", "ALGORITHM", "ALG", "FORMAT", "HEADER", "FIELD", "COOKIE", "PREFIX", "SUFFIX", "REGEX", "PATTERN", "POLICY", "SCOPE", "SCOPES",
		"ISSUER", "AUDIENCE", "PROVIDER", "STORE", "MANAGER", "BACKEND", "VERSION", "STAGE", "ROTATION", "ENABLED", "DISABLED", "REQUIRED", "OPTIONAL",
	}
)

// PlainSecret refuses an environment variable whose name says that its value is a
// secret. The value is in plain text in the task definition, for everyone who may read
// that, and in every revision that stays. A name that is about a secret, such as
// DB_PASSWORD_FILE or TOKEN_TTL, is none.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
func PlainSecret(variable string) error {
	if !namesSecret(variable) {
		return nil
	}
	return errors.New("is named like a secret, and everyone who may read the task definition sees its value: " +
		"move it from environment to secrets, with the ARN of a Secrets Manager secret or of a Parameter Store parameter")
}

func namesSecret(variable string) bool {
	if slices.Contains(credentialNames, variable) {
		return true
	}
	words := strings.FieldsFunc(
		notAWord.ReplaceAllString(strings.ToUpper(camelCase.ReplaceAllString(variable, "${1}_$2")), " "),
		func(r rune) bool { return r == ' ' })
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	if slices.Contains(aboutSecrets, last) || variable == "GOOGLE_APPLICATION_CREDENTIALS" { // the path of a file
		return false
	}
	if len(words) > 1 && slices.Contains(short, last) {
		return true
	}
	for i, word := range words {
		if secretWord.MatchString(word) || i > 0 && word == "KEY" && slices.Contains(keyOf, words[i-1]) {
			return true
		}
	}
	return false
}
