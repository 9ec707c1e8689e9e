-- The first operator has a name now, beside others'.
UPDATE operator_token SET name = 'admin' WHERE name = 'bootstrap';
