package components

import "time"

// SetManagedPause sets the time between two looks for an instance in Systems Manager.
func SetManagedPause(pause time.Duration) { managedPause = pause }

// SDKVersion is the version of the AWS SDK that children by type token are registered with.
func SDKVersion() string { return sdkVersion() }
