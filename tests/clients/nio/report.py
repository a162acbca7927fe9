"""Numbered test steps: each is printed the moment it ends, a slow one fails, and the totals come last."""

import asyncio
import time
import traceback

ARRIVAL_S = 30
STEP_S = 90


class Failure(AssertionError):
    """Something was not as it must be; the text says what and what was seen."""


class Stopped(Exception):
    """A step that later ones need has failed."""


class Report:
    """Counts steps and prints one line for each."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    async def need(self, name, work):
        """Runs one step that later steps build upon; returns what it returns."""
        started = time.monotonic()
        try:
            result = await asyncio.wait_for(work, STEP_S)
        except asyncio.TimeoutError:
            why = f"the step took longer than {STEP_S} s"
        except Failure as failure:
            why = str(failure)
        except Exception:
            why = traceback.format_exc()
        else:
            self.passed += 1
            spent = (time.monotonic() - started) * 1000
            print(f"ok {self.passed + self.failed} - {name} ({spent:.0f} ms)", flush=True)
            return result
        self.failed += 1
        print(f"not ok {self.passed + self.failed} - {name}")
        for line in why.splitlines():
            print(f"#   {line}", flush=True)
        raise Stopped(name)

    async def check(self, name, work):
        """Runs one step that no later step depends on; a failure is counted and the scenario goes on."""
        try:
            await self.need(name, work)
        except Stopped:
            pass

    def finish(self):
        """Prints the totals; true when nothing failed and something passed."""
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return self.failed == 0 and self.passed > 0


def ensure(condition, text):
    """Fails the step with `text` unless `condition` holds."""
    if not condition:
        raise Failure(text)


async def until(what, probe):
    """Asks `probe` until it returns something else than `None` or `False`."""
    deadline = time.monotonic() + ARRIVAL_S
    while True:
        value = probe()
        if value is not None and value is not False:
            return value
        if time.monotonic() > deadline:
            raise Failure(f"waited {ARRIVAL_S} s for {what}")
        await asyncio.sleep(0.03)
