-- Frees the caller and the agent of a claim, if it is held.
--
-- ARGV: claim id
-- Answers 1.
drop(ARGV[1])
return 1
