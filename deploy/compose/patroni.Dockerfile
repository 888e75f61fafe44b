# PostgreSQL 15 with Patroni, run as user postgres; set up by deploy/patroni.
FROM postgres:15-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends curl python3-venv \
 && rm -rf /var/lib/apt/lists/*
COPY patroni/requirements.txt /opt/patroni/requirements.txt
RUN python3 -m venv /opt/patroni && /opt/patroni/bin/pip install --no-cache-dir -r /opt/patroni/requirements.txt
COPY patroni/patroni.yml patroni/post-init.sh /etc/love-market/
RUN chmod 755 /etc/love-market/post-init.sh \
 && install -d -m 700 -o postgres -g postgres /var/lib/postgresql/data
USER postgres
ENTRYPOINT ["/opt/patroni/bin/patroni", "/etc/love-market/patroni.yml"]
