drop table clock_ticks, jobs cascade;
