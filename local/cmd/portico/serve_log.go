package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/portico-iac/portico/local/traffic/accesslog"
)

func serveFlags(o *options, flags *flag.FlagSet) {
	serversFlag(o, flags)
	flags.StringVar(&o.accessLog, "access-log", "", "`folder` to which the requests' log lines are added, as AWS writes them: "+
		"NAME.access.log and NAME.connection.log of each load balancer, ID.cloudfront.log of each distribution; see portico explain --log-line (default: none are written)")
}

// openLogs makes the folder of --access-log.
func (v *serving) openLogs() error {
	if !v.given["access-log"] {
		return nil
	}
	if v.accessLog == "" || v.accessLog == "-" {
		return fmt.Errorf("%w: --access-log: must be a folder, got %q: each load balancer and each distribution has a file of its own", errUsage, v.accessLog)
	}
	if err := os.MkdirAll(v.accessLog, 0o700); err != nil {
		return fmt.Errorf("%w: --access-log: must be a folder that can be written to: %w", errUsage, err)
	}
	v.logs = &logFiles{dir: v.accessLog, files: map[string]*os.File{}, failed: func(err error) {
		fmt.Fprintln(v.stderr, "portico: log lines are lost:", err)
	}}
	return nil
}

// logFiles are the files of the access logs, which their first lines open.
type logFiles struct {
	dir string
	// failed is told of the first line that cannot be written.
	failed func(error)

	mu    sync.Mutex
	files map[string]*os.File
	lost  bool
}

// sink writes lines; nil when there are no log files.
func (l *logFiles) sink() accesslog.Sink {
	if l == nil {
		return nil
	}
	return func(line accesslog.Line) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if err := l.write(line); err != nil && !l.lost {
			l.lost = true
			l.failed(err)
		}
	}
}

func (l *logFiles) write(line accesslog.Line) error {
	name := line.Name + "." + line.Log + ".log"
	file := l.files[name]
	if file == nil {
		var err error
		if file, err = l.open(name, line.Log); err != nil {
			return err
		}
		l.files[name] = file
	}
	_, err := file.WriteString(line.Text + "\n")
	return err
}

// open opens a file to add to. That of a distribution begins with the names of the fields.
func (l *logFiles) open(name, log string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(l.dir, name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.Size() == 0 && log == accesslog.DistributionRequests {
		_, err = file.WriteString(accesslog.DistributionHead + "\n")
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func (l *logFiles) close() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var err error
	for name, file := range l.files {
		err = errors.Join(err, file.Close())
		delete(l.files, name)
	}
	return err
}
