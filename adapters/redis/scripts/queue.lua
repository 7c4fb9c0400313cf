-- The keyed queue of one shard. Every script that touches it begins with this text.
--
-- A job is one key of the queue (lane and Group). It is in exactly one of three places, which its record names:
--   DELAYED  sorted set by due time: it waits until it is due
--   URGENT, READY  streams read by the consumer group "workers": it is due; DUE ranks it by due time
--   RUNNING  hash, job → token: it is leased; its entry is still in its stream, pending with the consumer that runs it,
--            and how long it has been idle there is the age of the last heartbeat
-- JOBS, job → record, holds what is known of each; a job that is in none of these places is not in JOBS either.
--
-- FORMAT is that of the values that are written, CAUSE begins the tags that say what queued a job, of which CAUSES are
-- kept: lines before this text say them.
-- A record is one byte of format and then JSON:
--   d due time, µs as text     n runs that ended since the last one that was done
--   u 1: urgent                b 1: due was given by the end of a run and is not promoted
--   e where its entry is: "u" or "r" and the entry's id; "" while delayed
--   t tags                     x what was asked for during a run: d, u, t
-- Times are µs; as numbers they are exact below 2^53.
local SEQ, READY, URGENT, DELAYED, DUE, RUNNING, JOBS = unpack(KEYS, 1, 7)
local WORKERS = 'workers'
local PROMOTED = 128 -- delayed jobs that one script makes ready at most

-- load returns a job's record; nil when there is none, and true as second value when a newer version wrote it.
local function load(job)
  local raw = redis.call('HGET', JOBS, job)
  if not raw then return nil, false end
  if string.byte(raw, 1) > FORMAT then return nil, true end
  return cjson.decode(string.sub(raw, 2)), false
end

local function save(job, r) redis.call('HSET', JOBS, job, string.char(FORMAT) .. cjson.encode(r)) end

local function cause(tag) return string.sub(tag, 1, #CAUSE) == CAUSE end

-- merge adds tags that are not there yet. Of causes those stay that came last; every other tag does.
local function merge(tags, more)
  local known = {}
  for _, tag in ipairs(tags) do known[tag] = true end
  for _, tag in ipairs(more) do
    if not known[tag] then
      known[tag] = true
      tags[#tags + 1] = tag
    end
  end
  local causes = 0
  for i = #tags, 1, -1 do
    if cause(tags[i]) then
      causes = causes + 1
      if causes > CAUSES then table.remove(tags, i) end
    end
  end
end

-- enter puts a job that is nowhere where it belongs, and saves it. since is how it ranks among those that are due: its
-- due time, unless that would let it overtake those that have been in the stream for longer.
local function enter(job, r, now, since)
  if tonumber(r.d) > now then
    r.e = ''
    redis.call('ZADD', DELAYED, r.d, job)
  else
    local class, stream = 'r', READY
    if r.u == 1 then class, stream = 'u', URGENT end
    r.e = class .. redis.call('XADD', stream, '*', 'job', job, 'since', since or r.d)
    redis.call('ZADD', DUE, r.d, job)
  end
  save(job, r)
end

-- entry splits where a job's entry is into stream and id; nil while delayed.
local function entry(r)
  if r.e == '' then return nil end
  if string.sub(r.e, 1, 1) == 'u' then return URGENT, string.sub(r.e, 2) end
  return READY, string.sub(r.e, 2)
end

local function discard(stream, id)
  redis.pcall('XACK', stream, WORKERS, id) -- fails without the consumer group, and then nothing is pending
  redis.call('XDEL', stream, id)
end

-- withdraw takes a job out of where it is; its record stays.
local function withdraw(job, r)
  local stream, id = entry(r)
  if stream then
    discard(stream, id)
    redis.call('ZREM', DUE, job)
    redis.call('HDEL', RUNNING, job)
  else
    redis.call('ZREM', DELAYED, job)
  end
end

-- fold adds what was asked for during a run to what the run was for.
local function fold(r)
  if not r.x then return end
  if r.x.u == 1 then r.u = 1 end
  merge(r.t, r.x.t)
  r.x = nil
end

-- again lets a job whose run counts no more wait again, for all that was asked.
local function again(job, r, now)
  withdraw(job, r)
  fold(r)
  enter(job, r, now, micros(now))
end

-- promote makes due jobs ready, in the order of their due times. Every script that makes a job ready calls it first:
-- so the streams are in the order of due times too. A job of a newer version waits for a replica that knows it, and in
-- nobody's way.
local function promote(now)
  for _, job in ipairs(redis.call('ZRANGEBYSCORE', DELAYED, '-inf', micros(now), 'LIMIT', 0, PROMOTED)) do
    local r, newer = load(job)
    if newer then
      redis.call('ZADD', DELAYED, micros(now + 1000000), job)
    else
      redis.call('ZREM', DELAYED, job)
    end
    if r and r.e == '' then enter(job, r, now) end
  end
end

-- pending reports whether a consumer has the entry.
local function pending(stream, id)
  local found = redis.pcall('XPENDING', stream, WORKERS, id, id, 1)
  return not found.err and #found > 0
end

-- missing reports whether a job that does not run is not where its record says, as after surgery by hand.
local function missing(job, r)
  local stream, id = entry(r)
  if stream then return #redis.call('XRANGE', stream, id, id) == 0 end
  return not redis.call('ZSCORE', DELAYED, job)
end

-- ask merges a wish for a run into a job, or makes the job. A job that is missing is entered again.
local function ask(job, due, urgent, tags, now)
  local r = load(job)
  if not r then
    redis.call('HDEL', RUNNING, job) -- a run whose record is gone would end this one's
    enter(job, {d = micros(due), u = urgent, b = 0, n = 0, e = '', t = tags}, now)
    return
  end
  local stream, id = entry(r)
  if redis.call('HEXISTS', RUNNING, job) == 1 then
    if pending(stream, id) then
      local x = r.x or {d = micros(due), u = 0, t = {}}
      if due < tonumber(x.d) then x.d = micros(due) end
      if urgent == 1 then x.u = 1 end
      merge(x.t, tags)
      r.x = x
      save(job, r)
      return
    end
    -- The lease can neither be kept nor expire any more.
    redis.call('HDEL', RUNNING, job)
    redis.call('ZADD', DUE, r.d, job)
    fold(r)
  end
  local lost = missing(job, r)
  local sooner = r.b ~= 1 and due < tonumber(r.d)
  local promoted = urgent == 1 and r.u ~= 1
  merge(r.t, tags)
  if sooner then r.d = micros(due) end
  if promoted then r.u = 1 end
  if lost or (stream and promoted) then
    withdraw(job, r)
    enter(job, r, now, micros(now))
  elseif not stream and sooner then
    withdraw(job, r)
    enter(job, r, now)
  else
    save(job, r)
  end
end

-- finish ends a run whose token was checked. Outcomes: "done" and "dead" leave what was asked for meanwhile; "retry" and
-- "wait" come back after a delay whatever is asked for until then; "back" returns a run that nobody began.
local function finish(job, outcome, after, told, now)
  local r = load(job)
  if not r then
    redis.call('HDEL', RUNNING, job)
    return
  end
  withdraw(job, r)
  if outcome == 'done' or outcome == 'dead' then
    if not r.x then
      redis.call('HDEL', JOBS, job)
      return
    end
    enter(job, {d = r.x.d, u = r.x.u, b = 0, n = 0, e = '', t = r.x.t}, now, micros(now))
    return
  end
  if outcome ~= 'back' then
    if told then
      local causes = {}
      for _, tag in ipairs(r.t) do
        if cause(tag) then causes[#causes + 1] = tag end
      end
      r.t = causes
    end
    r.d, r.b = micros(now + after), 1
    if outcome == 'retry' then r.n = r.n + 1 end
  end
  fold(r)
  enter(job, r, now, outcome == 'back' and micros(now) or nil)
end
