package inprocess

import (
	"errors"
	"strings"

	"github.com/pulumi/pulumi/pkg/v3/backend/display"
	pulumiengine "github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"

	"github.com/portico-iac/portico/local/engine"
)

// watcher prints the events of one run as the CLI does, and collects the steps.
type watcher struct {
	in        chan pulumiengine.Event
	displayed chan bool
	collected chan struct{}
	seen      engine.Recorder
	errs      []error
}

// watch takes events until wait is called. The display ends with the engine's last
// event, which is always a CancelEvent.
func (s *Stack) watch(kind apitype.UpdateKind, out *engine.Output) *watcher {
	w := &watcher{in: make(chan pulumiengine.Event), displayed: make(chan bool), collected: make(chan struct{})}
	shown := make(chan pulumiengine.Event)
	go w.show(s, kind, shown, out)
	go func() {
		defer close(w.collected)
		defer close(shown)
		for event := range w.in {
			w.record(event)
			shown <- event
		}
	}()
	return w
}

// show prints events as the CLI does with the options of the Automation API.
func (w *watcher) show(s *Stack, kind apitype.UpdateKind, events <-chan pulumiengine.Event, out *engine.Output) {
	preview := kind == apitype.PreviewUpdate
	display.ShowEvents(operations[kind].label, kind, s.name, s.project.Name, "", events, w.displayed, display.Options{
		Color: colors.Never, Type: display.DisplayProgress, Stdin: strings.NewReader(""), Stdout: out, Stderr: out,
		SuppressOutputs: true, SuppressPermalink: true, SuppressProgress: true, TruncateOutput: true,
	}, preview)
}

func (w *watcher) record(event pulumiengine.Event) {
	converted, err := display.ConvertEngineEvent(event, false)
	if err != nil {
		w.errs = append(w.errs, err)
		return
	}
	w.seen.Record(converted)
}

// wait returns what was seen, after all events are printed.
func (w *watcher) wait() (*engine.Recorder, error) {
	<-w.displayed
	close(w.in)
	<-w.collected
	return &w.seen, errors.Join(w.errs...)
}
