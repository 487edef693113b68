-- Who came to the end of a launch when the next one would have begun for them was inside of it.
create index cohort_through on cohort (launch_id, due_at) where state = 1 and kind = 0;
