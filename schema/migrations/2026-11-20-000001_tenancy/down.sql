drop table notifications, audit_logs, api_keys, visitors, users, departments, site_addresses, sites cascade;
