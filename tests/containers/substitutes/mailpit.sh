#!/bin/sh
set -eu
if [ "${1:-}" = readyz ]; then
  exec python -c "from urllib.request import urlopen; urlopen('http://localhost:8025/healthz', timeout=2)"
fi
exec python -m stack.mailbox --folder /tmp/mails --host 0.0.0.0 --http-port 8025 --smtp-port 1025
