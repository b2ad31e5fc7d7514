-- Refusals stand in the log beside the changes, and changes say what they left out.
ALTER TABLE change ADD COLUMN status INTEGER; -- the HTTP status of a refusal
ALTER TABLE change ADD COLUMN reason TEXT;    -- why it was refused, or what was left out
