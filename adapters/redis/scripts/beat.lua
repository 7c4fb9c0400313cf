-- beat keeps leases.
--
-- KEYS 1-7: the shard's queue (queue.lua).
-- ARGV 1 time (µs; "" the server's), 2 consumer; then for each lease: job, token.
-- Result: the tokens that do not count any more.
-- Before: any. After: every other entry is pending with the consumer and was idle for no time; the job of one whose entry is
-- gone, as after surgery by hand, waits again. The token says whose the run is, so that no heartbeat that comes late takes
-- a job back.
local now = clock(ARGV[1])
local lost = {}
for i = 3, #ARGV, 2 do
  local job, token = ARGV[i], ARGV[i + 1]
  local r = load(job)
  local kept = false
  if r and redis.call('HGET', RUNNING, job) == token then
    local stream, id = entry(r)
    local claimed = redis.pcall('XCLAIM', stream, WORKERS, ARGV[2], 0, id, 'JUSTID')
    kept = not claimed.err and #claimed > 0
    if not kept then again(job, r, now) end
  end
  if not kept then lost[#lost + 1] = token end
end
return lost
