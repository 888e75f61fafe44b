# The program under gunicorn. `make wheel` comes first: it packs the pages and their scripts.
FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --home-dir /srv/love-market love-market
COPY requirements.lock /tmp/requirements.lock
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.lock
COPY dist/*.whl /tmp/
RUN pip install --no-cache-dir --no-deps /tmp/*.whl
COPY deploy/gunicorn.conf.py /srv/love-market/deploy/gunicorn.conf.py
RUN install -d -o love-market -g love-market /srv/love-market/instance
USER love-market
WORKDIR /srv/love-market
CMD ["gunicorn", "--config", "/srv/love-market/deploy/gunicorn.conf.py", "love_market.app:create_app()"]
