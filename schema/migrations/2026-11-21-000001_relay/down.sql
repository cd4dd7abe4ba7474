alter table jobs set (fillfactor = 85);
