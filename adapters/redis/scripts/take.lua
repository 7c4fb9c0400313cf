-- take leases due jobs of one shard to a consumer.
--
-- KEYS 1-7: the shard's queue (queue.lua).
-- ARGV 1 time (µs; "" the server's), 2 consumer, 3 how many at most, 4 lease in ms,
--      5 "1": rank what is left, 6 a text that no other call has, 7... entries that this consumer holds already, by a blocking
--      read: "u" or "r" and the id; those for which there is no lease left wait again.
-- Result: {in how many µs the next delayed job is due or "", rank of the next urgent job or "", of the next other one or "",
--          then for each lease {job, token, runs before, urgent, {tags}}}. A rank is the time when a job became ready.
-- Before: any. After: expired leases wait again, due jobs are ready, each job that is returned is in RUNNING under a token
-- that was never given before, nor will be by a server that takes over without knowing of it, and its entry is pending with
-- the consumer.
local now = clock(ARGV[1])
local consumer, want, lease = ARGV[2], tonumber(ARGV[3]), ARGV[4]

-- group makes the consumer group where a stream is new, or was deleted, and reads from its beginning.
local function group(stream) redis.pcall('XGROUP', 'CREATE', stream, WORKERS, '0', 'MKSTREAM') end

local function attempt(...)
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err then
    group(READY)
    group(URGENT)
    reply = redis.call(...)
  end
  return reply
end

-- leave lets an entry whose job a newer version wrote be claimed by a replica that knows it, at once.
local function leave(stream, id) redis.call('XCLAIM', stream, WORKERS, consumer, 0, id, 'IDLE', lease, 'JUSTID') end

-- current returns the record of the job whose entry that is; an entry that its job has left is discarded.
local function current(stream, class, id, job)
  local r, newer = load(job)
  if newer then return leave(stream, id) end
  if r and r.e == class .. id then return r end
  discard(stream, id)
end

-- release lets the job of an entry that a consumer holds wait again.
local function release(stream, class, id, job)
  local r = current(stream, class, id, job)
  if r then again(job, r, now) end
end

-- expire lets the jobs of leases that nobody kept wait again. The server looks at ten times as many entries as it is asked
-- for, the oldest first: leases that are kept must not hide one that is not.
local function expire(stream, class)
  local reply = attempt('XAUTOCLAIM', stream, WORKERS, consumer, lease, '0-0', 'COUNT', 100)
  for _, e in ipairs(reply[2]) do
    if e and e[2] then release(stream, class, e[1], e[2][2]) end
  end
end

local leases = {}

-- start leases the job of an entry that the consumer holds.
local function start(stream, class, id, job)
  local r = current(stream, class, id, job)
  if not r then return end
  local token = ARGV[6] .. '-' .. #leases + 1
  redis.call('HSET', RUNNING, job, token)
  redis.call('ZREM', DUE, job)
  leases[#leases + 1] = {job, token, r.n, r.u, r.t}
end

-- read leases jobs whose entries nobody was given yet.
local function read(stream, class)
  if #leases >= want then return end
  local reply = attempt('XREADGROUP', 'GROUP', WORKERS, consumer, 'COUNT', want - #leases, 'STREAMS', stream, '>')
  if not reply then return end
  for _, e in ipairs(reply[1][2]) do
    start(stream, class, e[1], e[2][2])
  end
end

-- serve leases jobs of one class, those of the entries that the consumer holds first.
local function serve(stream, class)
  for i = 7, #ARGV do
    local id = string.sub(ARGV[i], 2)
    local held = string.sub(ARGV[i], 1, 1) == class and redis.call('XRANGE', stream, id, id) or {}
    if #held > 0 then
      local take = #leases < want and start or release
      take(stream, class, id, held[1][2][2])
    end
  end
  read(stream, class)
end

-- rank is how the next entry that nobody was given ranks, "" when there is none.
local function rank(stream)
  for _, g in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    for i = 1, #g, 2 do
      if g[i] == 'last-delivered-id' then
        local next = redis.call('XRANGE', stream, '(' .. g[i + 1], '+', 'COUNT', 1)
        if #next > 0 then return next[1][2][4] end
      end
    end
  end
  return ''
end

expire(URGENT, 'u')
expire(READY, 'r')
promote(now)
serve(URGENT, 'u')
serve(READY, 'r')
local due = redis.call('ZRANGE', DELAYED, 0, 0, 'WITHSCORES')[2]
local left = due and micros(tonumber(due) - now) or ''
if ARGV[5] ~= '1' then return {left, '', '', unpack(leases)} end
return {left, rank(URGENT), rank(READY), unpack(leases)}
