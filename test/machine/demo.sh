#!/bin/bash
# Runs on the machine for ./run demo.
set -euo pipefail
uname -sr
ls /dev/dri
