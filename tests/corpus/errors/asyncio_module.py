# expect: K011 line 12
"""A runtime as a module: a spec is not run by it."""

import asyncio

from model import Spec, task


class Module(Spec):
    @task
    async def run(self):
        await asyncio.sleep(1)
