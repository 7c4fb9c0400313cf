-- beat keeps leases.
--
-- KEYS 1-7: the shard's queue (queue.lua).
-- ARGV 1 consumer; then for each lease: job, token.
-- Result: the tokens that do not count any more.
-- Before: any. After: every other entry is pending with the consumer and was idle for no time. The token says whose the run
-- is, so that no heartbeat that comes late takes a job back.
local lost = {}
for i = 2, #ARGV, 2 do
  local job, token = ARGV[i], ARGV[i + 1]
  local r = load(job)
  local kept = false
  if r and redis.call('HGET', RUNNING, job) == token then
    local stream, id = entry(r)
    local claimed = redis.pcall('XCLAIM', stream, WORKERS, ARGV[1], 0, id, 'JUSTID')
    kept = not claimed.err and #claimed > 0
  end
  if not kept then lost[#lost + 1] = token end
end
return lost
