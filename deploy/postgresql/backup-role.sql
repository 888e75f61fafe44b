-- The role that backups are made with: reads everything, copies the cluster, changes nothing.
--     psql --set=password="$(openssl rand -hex 24)" --set=database=love_market --file=backup-role.sql
-- Put the password into /etc/love-market-backup.env. Under Patroni: on the leader; replicas get it by themselves.
CREATE ROLE love_market_backup LOGIN REPLICATION PASSWORD :'password';
GRANT pg_read_all_data, pg_monitor TO love_market_backup;
GRANT CONNECT ON DATABASE :"database" TO love_market_backup;
