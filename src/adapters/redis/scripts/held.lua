-- Stands before every script on claims. Names the keys and the time, and drops what has run out.
--
-- KEYS[1] hash: claim id -> JSON [call id, agent id]
-- KEYS[2] hash: call id -> claim id
-- KEYS[3] hash: agent id -> claim id
-- KEYS[4] sorted set: claim ids by the time they run out, in UTC ms by this server's clock
local claims, calls, agents, ends = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function drop(claimId)
  local pair = redis.call('HGET', claims, claimId)
  if pair then
    local ids = cjson.decode(pair)
    redis.call('HDEL', calls, ids[1])
    redis.call('HDEL', agents, ids[2])
    redis.call('HDEL', claims, claimId)
  end
  redis.call('ZREM', ends, claimId)
end

for _, claimId in ipairs(redis.call('ZRANGE', ends, '-inf', now, 'BYSCORE')) do
  drop(claimId)
end
