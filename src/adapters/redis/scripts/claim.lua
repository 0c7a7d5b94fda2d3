-- Claims a caller and an agent together, or neither. A claim held under the same id gives way to the new one, so that asking
-- twice for the same two prolongs.
--
-- ARGV: claim id, call id, agent id, lease in ms
-- Answers 'claimed', 'callTaken' or 'agentTaken'.
local claimId, callId, agentId, leaseMs = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

local callHolder = redis.call('HGET', calls, callId)
if callHolder and callHolder ~= claimId then
  return 'callTaken'
end
local agentHolder = redis.call('HGET', agents, agentId)
if agentHolder and agentHolder ~= claimId then
  return 'agentTaken'
end

drop(claimId)
redis.call('HSET', claims, claimId, cjson.encode({ callId, agentId }))
redis.call('HSET', calls, callId, claimId)
redis.call('HSET', agents, agentId, claimId)
redis.call('ZADD', ends, now + leaseMs, claimId)
return 'claimed'
