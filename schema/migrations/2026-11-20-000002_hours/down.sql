drop table sla_targets, holiday_hours, holidays, business_hours cascade;
