#!/usr/bin/env python3
"""What README.md shows of the program is what the program prints. OPCOST_UPDATE_GOLDENS=1 writes it anew.

usage: readme_excerpts.py PROGRAM, from the source root. An excerpt is a block whose first line is "$ opcost …"."""
import os
import re
import shlex
import subprocess
import sys

program = os.path.abspath(sys.argv[1])
text = open("README.md", encoding="utf-8").read()
excerpts = 0
stale = []


def present(match):
    global excerpts
    excerpts += 1
    command = match[1]
    environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    done = subprocess.run([program, *shlex.split(command)], capture_output=True, cwd="tests/models", env=environment)
    if done.returncode != 0:
        sys.exit(f"FAILED: opcost {command}: exit {done.returncode}: {done.stderr.decode()}")
    block = f"```\n$ opcost {command}\n\n{done.stdout.decode()}```\n"
    if block != match[0]:
        stale.append(command)
    return block


fresh = re.sub(r"^```\n\$ opcost ([^\n]*)\n.*?^```\n", present, text, flags=re.M | re.S)
if excerpts < 2:
    sys.exit("FAILED: README.md shows no breakdown and diff")
if stale and os.environ.get("OPCOST_UPDATE_GOLDENS"):
    open("README.md", "w", encoding="utf-8").write(fresh)
elif stale:
    sys.exit("FAILED: README.md is not what the program prints (OPCOST_UPDATE_GOLDENS=1 writes it anew): " + "; ".join(stale))
print(f"{excerpts} excerpts")
