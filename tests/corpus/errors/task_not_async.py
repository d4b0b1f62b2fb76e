# expect: K050 line 10

from model import Bool, Spec, task


class Sync(Spec):
    a = Bool()

    @task
    def run(self):
        self.a = True
