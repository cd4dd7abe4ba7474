-- The relay marks whole pages of jobs at a time: with half a page free the marked versions find room beside the old
-- ones, and no index learns of them.
alter table jobs set (fillfactor = 50);
