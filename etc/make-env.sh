#!/bin/sh
# Prints compose.env.example with a new secret for each variable that is empty there.
set -eu

secret() { head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

while IFS= read -r line; do
    case $line in
    \#*) echo "$line" ;;
    *=) echo "$line$(secret)" ;;
    *) echo "$line" ;;
    esac
done < "$(dirname "$0")/compose.env.example"
