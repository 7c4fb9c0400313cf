package app

import (
	"errors"
	"fmt"
	"time"

	"roomkeeper/adapters/bolt"
	"roomkeeper/adapters/redis"
)

// todo is what is left of a move.
type todo int

const (
	// moveNothing: an earlier move did all of it.
	moveNothing todo = iota
	// moveMark: all but the mark in the file, before which an earlier one was stopped.
	moveMark
	// moveAll: everything, perhaps again.
	moveAll
)

// decide finds out what is left of a move, or why there must be none. place
// names the Redis.
func decide(from bolt.Standing, to redis.TargetStanding, place string) (todo, error) {
	ours := from.ID != "" && from.ID == to.Source
	isMoved := from.MovedTo != ""
	switch {
	case ours && to.Finished && isMoved:
		return moveNothing, nil
	case ours && to.Finished && from.State == to.State:
		return moveMark, nil
	case ours && to.Finished:
		return 0, fmt.Errorf("this state was moved to %s already, and the file was used again since; the two cannot be joined: "+
			"delete the file to go on with what is there, or set ROOMKEEPER_REDIS_PREFIX to another prefix to move the file as it is now", place)
	case isMoved && !ours:
		return 0, fmt.Errorf("this state was moved to %s on %s, and goes on there; what the file holds is from before that",
			from.MovedTo, from.MovedAt.UTC().Format(time.DateTime)+" UTC")
	case to.Empty:
		return moveAll, nil
	case to.Finished:
		return 0, fmt.Errorf("there is a deployment in this Redis already (%s); set ROOMKEEPER_REDIS_PREFIX to another prefix, or name another Redis", place)
	case !ours && to.Source != "":
		return 0, errors.New("the state of another file is on its way into this Redis; finish that with `connector migrate` where that file is, " +
			"or set ROOMKEEPER_REDIS_PREFIX to another prefix")
	}
	return moveAll, nil
}
