"""A task waits until it stands elsewhere: only it could go there."""

from model import Bool, Expect, Spec, at, first, step, task, until


class OwnPlace(Spec):
    ready = Bool()

    @task
    async def run(self):
        await at("here", first(there=until(lambda: self.run.at("there")), ready=until(lambda: self.ready)))
        await at("there", step())

    EXPECTED = (Expect("deadlock", states=1, transitions=0, depth=1),)
