# etcd as Debian has it: the version that tests/cluster runs.
FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends etcd-client etcd-server \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -m 700 -o etcd -g etcd /var/lib/etcd
USER etcd
ENTRYPOINT ["/usr/bin/etcd"]
