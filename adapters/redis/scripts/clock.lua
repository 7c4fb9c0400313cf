-- Times are µs; as numbers they are exact below 2^53. Every script begins with this text.

-- clock returns the time: the caller's, or, when it tells none, the server's, which all replicas share.
local function clock(text)
  if text ~= '' then return tonumber(text) end
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000000 + tonumber(t[2])
end

local function micros(number) return string.format('%.0f', number) end

