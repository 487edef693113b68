-- Answers to replies of one person that are still to go: an hour has so many of them, whenever they go.
create index cohort_answering on cohort (phone_lo) where kind = 1 and state <> 1;
-- Those that a stop does not take back have visit 1. Of the ones that wait nobody knows which they are.
update cohort set visit = 1 where kind = 1 and state <> 1;
