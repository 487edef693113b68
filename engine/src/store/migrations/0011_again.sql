-- What goes once more, or is to be asked about, goes before what goes for the first time.
create index cohort_again on cohort (launch_id, sender, due_at, id) where state = 0 and turn > 0;
