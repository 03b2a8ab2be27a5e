package components

import "time"

// SetManagedPause sets the time between two looks for an instance in Systems Manager.
func SetManagedPause(pause time.Duration) { managedPause = pause }
