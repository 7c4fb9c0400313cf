package bolt

// queueHeap is a container/heap of items that know their place in it.
type queueHeap struct {
	items []*item
	less  func(a, b *item) bool
}

// byDue puts first what is due first, and then what was asked for first.
func byDue(a, b *item) bool {
	if !a.Due.Equal(b.Due) {
		return a.Due.Before(b.Due)
	}
	return a.Order < b.Order
}

// byUrgency puts first what a person waits for.
func byUrgency(a, b *item) bool {
	if a.Urgent != b.Urgent {
		return a.Urgent
	}
	return byDue(a, b)
}

func (h *queueHeap) Len() int           { return len(h.items) }
func (h *queueHeap) Less(i, j int) bool { return h.less(h.items[i], h.items[j]) }

func (h *queueHeap) Swap(i, j int) {
	h.items[i], h.items[j] = h.items[j], h.items[i]
	h.items[i].place, h.items[j].place = i, j
}

// Push adds an *item; container/heap calls it.
func (h *queueHeap) Push(x any) {
	it := x.(*item)
	it.place = len(h.items)
	h.items = append(h.items, it)
}

// Pop removes the last item; container/heap calls it.
func (h *queueHeap) Pop() any {
	last := len(h.items) - 1
	it := h.items[last]
	h.items[last] = nil
	h.items = h.items[:last]
	return it
}
