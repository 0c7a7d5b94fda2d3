-- Counts a claim's lease anew from now, if the claim is still held.
--
-- ARGV: claim id, lease in ms
-- Answers 1 when it is held, 0 when it is not.
local claimId, leaseMs = ARGV[1], tonumber(ARGV[2])
if redis.call('HEXISTS', claims, claimId) == 0 then
  return 0
end
redis.call('ZADD', ends, now + leaseMs, claimId)
return 1
